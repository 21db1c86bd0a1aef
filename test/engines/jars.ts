import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export type Engine = 'mongodb' | 'kafka';

/** Says what the machine lacks to run an engine. */
export class EngineAbsent extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EngineAbsent';
  }
}

/** The folder of package.json, from the source or from dist. */
const root = ((): string => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** The sources of an engine's launcher, which a build does not copy. */
export const launcherOf = (engine: Engine): string => join(root, 'test', 'engines', engine, 'Launch.java');

/**
 * The engine's jars. Maven downloads them once for each version of its pom.xml.
 * @throws EngineAbsent if Java or Maven is missing, or the download failed.
 */
export async function jarsOf(engine: Engine): Promise<string> {
  await refuseOldJava();
  const pom = join(root, 'test', 'engines', engine, 'pom.xml');
  const content = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const cache = join(root, 'node_modules', '.cache', 'amends-engines');
  const folder = join(cache, `${engine}-${content}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const half = mkdtempSync(join(cache, `${engine}-`));
  try {
    await download(pom, half);
    // Another process may have been first; its folder is complete too.
    if (!existsSync(folder)) renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

const run = promisify(execFile);

async function download(pom: string, folder: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  try {
    await run('mvn', args, { maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    if (isMissing(error))
      throw new EngineAbsent(
        'Maven (mvn) is not installed: it downloads the engines, once. On Debian: apt install maven',
      );
    throw new EngineAbsent(`Maven could not download the jars of ${pom}: ${saidBy(error)}`);
  }
}

async function refuseOldJava(): Promise<void> {
  let version: string;
  try {
    version = (await run('java', ['-version'])).stderr;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new EngineAbsent(
      'Java (JDK) is not installed: the engines need 17 or later. On Debian: apt install openjdk-17-jdk',
    );
  }
  const major = Number(/version "(\d+)/.exec(version)?.[1]);
  if (!(major >= 17)) throw new EngineAbsent(`The engines need Java 17 or later, not ${version.split('\n')[0]}.`);
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const saidBy = (error: unknown): string => {
  const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  return said.split('\n').slice(0, 5).join('\n');
};
