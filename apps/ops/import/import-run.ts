import { dirname, resolve } from 'node:path';
import { checkFile, importFile, type ImportResult } from '../../../libs/import/import-file.js';
import { loadMapping } from '../../../libs/import/mapping/load-mapping.js';
import { checkRejects } from '../../../libs/import/rejects.js';
import { startRules } from '../../../libs/import/starting-rules.js';
import type { RunningApp } from '../../../libs/platform/stores/running-app.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import { Failure } from '../failure.js';
import { askApp } from '../over-http.js';
import { operator } from '../operator.js';
import { showing } from '../progress.js';
import { catchUp, sealHistory } from '../end-of-history.js';
import { readRules } from '../rule-source.js';
import { readText } from '../text-file.js';

/** Checks the input before it opens or makes a store. @throws MappingRefused, FileRefused or Failure */
export async function prepareImport(file: string, mappingFile: string) {
  const mappingText = readText(mappingFile, 'mapping');
  const mapping = loadMapping(mappingText, mappingFile);
  await checkFile(file, mapping);
  return { file, mapping, mappingText, packFile: resolve(dirname(mappingFile), mapping.mapping.pack) };
}

type PreparedImport = Awaited<ReturnType<typeof prepareImport>>;

/** Imports a file, brings read models up to date and seals history. @throws RejectsRefused before it stores anything */
export async function runImport(
  stores: Stores,
  { file, mapping, packFile }: PreparedImport,
  rejectsFile: string,
): Promise<ImportResult & { readonly programme: string; readonly digest: string }> {
  checkRejects(rejectsFile);
  const { programme } = mapping.mapping;
  const now = new Date().toISOString();
  const rules = await rulesOf(stores, programme, packFile, now);
  const { events, personal, crashPoint } = stores;
  const asked = { file, mapping, events, personal, rules, rejectsFile, now, crashPoint };
  const result = await showing(
    'Importing',
    (show) => importFile({ ...asked, onProgress: ({ rows, share }) => show({ share, events: rows }) }),
    'rows',
  );
  crashPoint('import: after history, before read models');
  await catchUp(stores);
  crashPoint('import: after read models, before seals');
  await sealHistory(stores);
  const { digest } = await digestBuild(stores.reads);
  return { programme, ...result, digest };
}

/** Lets the running app import the file; its read models follow by themselves. */
export async function importOverHttp(
  app: RunningApp,
  { file, mapping, mappingText, packFile }: PreparedImport,
  rejects: string,
): Promise<ImportResult & { readonly programme: string }> {
  const rules = readText(packFile, 'rule set');
  process.stderr.write(`The app at ${app.url} imports it into ${mapping.mapping.programme}...\n`);
  return askApp(app, 'POST', '/v1/imports', { file: resolve(file), mapping: mappingText, rules, rejects });
}

/** The programme's rules in force; if it has none, the mapping's pack comes into force. */
async function rulesOf(stores: Stores, programme: string, packFile: string, now: string): Promise<RuleSet> {
  const { books } = await loadRuleBooks(stores.events);
  const inForce = books.at(programme, now);
  if (inForce) return inForce.ruleSet;
  const { ruleSet, hash } = readRules(packFile);
  if (ruleSet.programme !== programme) {
    throw new Failure(
      `${packFile} has the rules of "${ruleSet.programme}", and the mapping is for "${programme}". Name the rules of that programme, or another mapping.`,
    );
  }
  await startRules(stores.events, { ruleSet, hash, now, actor: operator() });
  return ruleSet;
}
