import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Static } from 'typebox';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { FileRefused } from '../../../libs/import/csv-rows.js';
import { checkFile, importFile, type ImportResult } from '../../../libs/import/import-file.js';
import type { CompiledMapping } from '../../../libs/import/mapping/compile-mapping.js';
import { loadMapping } from '../../../libs/import/mapping/load-mapping.js';
import { MappingRefused } from '../../../libs/import/mapping/yaml-places.js';
import { checkRejects, newRejectsFile, RejectsRefused } from '../../../libs/import/rejects.js';
import { startRules } from '../../../libs/import/starting-rules.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { ReadModelBuilds } from '../../../libs/builds/read-model-builds.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { soundRules } from '../rules/rules-of-callers.js';
import { conflict } from '../http/problems.js';

/** A source's file, and how its rows become events. */
export const ImportFile = message(
  {
    /** An absolute path on the app's machine. */
    file: Text(4_096),
    /** The mapping itself, as YAML or JSON. */
    mapping: Text(100_000),
    /** The rule set to put in force if the mapping's programme has none, as YAML or JSON. */
    rules: Optional(Text(100_000)),
    /** The folder for rejected rows; default: rejects/ in the data folder. */
    rejects: Optional(Text(4_096)),
  },
  { file: '/data/incidents.csv.gz', mapping: 'programme: incidents\n...' },
);
export type ImportFile = Static<typeof ImportFile>;

/** Imports files into the history of a running app, one at a time. */
@Injectable()
export class Imports {
  private underWay: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly rules: RulesInForce,
    private readonly builds: ReadModelBuilds,
  ) {}

  async run(wanted: ImportFile, caller: Caller): Promise<ImportResult & { readonly programme: string }> {
    if (this.underWay !== undefined) {
      throw conflict('import-under-way', `${this.underWay} is being imported.`, 'Wait until it is done.');
    }
    this.underWay = wanted.file;
    try {
      return await this.import(wanted, caller);
    } catch (error) {
      throw asProblem(error);
    } finally {
      this.underWay = undefined;
    }
  }

  private async import(wanted: ImportFile, caller: Caller): Promise<ImportResult & { readonly programme: string }> {
    const now = new Date().toISOString();
    const { rejects: rejectsFile = newRejectsFile(this.stores.folder, 'import', now) } = wanted;
    const mapping = await checked(wanted, rejectsFile);
    const { programme } = mapping.mapping;
    const rules = this.rules.books().at(programme, now)?.ruleSet ?? (await this.start(programme, wanted, now, caller));
    const { events, personal, crashPoint } = this.stores;
    const { file } = wanted;
    const result = await importFile({ file, mapping, events, personal, rules, rejectsFile, now, crashPoint });
    return { programme, ...result };
  }

  /** The mapping's pack takes force where the programme has no rules yet. */
  private async start(programme: string, { rules }: ImportFile, now: string, caller: Caller): Promise<RuleSet> {
    if (rules === undefined)
      throw invalid([{ field: 'rules', message: `is needed: no rules are in force for "${programme}" yet` }]);
    const ruleSet = soundRules({ text: rules });
    if (ruleSet.programme !== programme)
      throw invalid([
        {
          field: 'rules',
          message: `must be those of "${programme}", which the mapping is for, not of "${ruleSet.programme}"`,
        },
      ]);
    const actor = { id: caller.name, role: caller.role };
    await startRules(this.stores.events, { ruleSet, hash: ruleSetHash(ruleSet), now, actor });
    await this.rules.reload();
    await this.builds.serveCurrent();
    return ruleSet;
  }
}

/** @throws Problem or one of the errors below, naming what can't be used, before anything is stored. */
async function checked({ file, mapping: text }: ImportFile, rejects: string): Promise<CompiledMapping> {
  for (const [field, path] of Object.entries({ file, rejects }))
    if (!isAbsolute(path)) throw invalid([{ field, message: 'must be an absolute path on the machine of the app' }]);
  if (!existsSync(file)) throw invalid([{ field: 'file', message: `must be a file that is there, not ${file}` }]);
  const mapping = loadMapping(text, 'mapping');
  await checkFile(file, mapping);
  checkRejects(rejects);
  return mapping;
}

/** Names the field at fault. A file may show its fault only at its end. */
function asProblem(error: unknown): unknown {
  if (error instanceof MappingRefused) return invalid([{ field: 'mapping', message: error.message }]);
  if (error instanceof FileRefused) return invalid([{ field: 'file', message: error.message }]);
  if (error instanceof RejectsRefused) return invalid([{ field: 'rejects', message: error.message }]);
  return error;
}
