import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { MadeOnce } from '../fast/made-once.js';
import { pathOf, type PathPart, type RuleProblem } from './rule-problem.js';
import type { RuleSet } from './rule-set.js';
import { RULE_SET_SCHEMA } from './rule-set.schema.js';

/** Most starts check no rules, and compiling the schema is slow. */
const validator = new MadeOnce(() =>
  new Ajv2020({ allErrors: true, verbose: true, strict: true, allowMatchingProperties: true }).compile<RuleSet>(
    RULE_SET_SCHEMA,
  ),
);

/** Checks the content against the published schema. */
export function checkShape(
  content: unknown,
): { readonly ruleSet: RuleSet } | { readonly problems: readonly RuleProblem[] } {
  const validate = validator.get();
  if (validate(content)) return { ruleSet: content };
  const problems = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if' && keyword !== 'propertyNames');
  return { problems: problems.map(problemOf) };
}

function problemOf(error: ErrorObject): RuleProblem {
  const parts = error.instancePath
    .split('/')
    .slice(1)
    .map((part): PathPart => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const schema: unknown = error.parentSchema;
  const described =
    typeof schema === 'object' && schema !== null && 'description' in schema ? String(schema.description) : '';
  const at = (message: string, remedy = described, path = parts): RuleProblem => ({
    path: pathOf(path),
    message,
    remedy,
  });
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const allowed = propertiesOf(schema);
      const remedy = allowed.length === 0 ? 'Leave it out.' : `Known here: ${allowed.join(', ')}.`;
      return at(`There is no "${String(params.additionalProperty)}" here.`, remedy, [
        ...parts,
        String(params.additionalProperty),
      ]);
    }
    case 'required': {
      const missing = String(params.missingProperty);
      return at(`"${missing}" is missing.`, `Add it. ${descriptionOf(schema, missing)}`.trim());
    }
    case 'type':
      return at(`It must be ${ARTICLED[String(params.type)] ?? String(params.type)}, not ${shown(error.data)}.`);
    case 'enum':
    case 'const':
    case 'pattern':
      return at(`${error.propertyName === undefined ? shown(error.data) : shown(error.propertyName)} can't be read.`);
    default:
      return at(`It ${error.message ?? 'is not right'}, which ${shown(error.data)} is not.`);
  }
}

const ARTICLED: Readonly<Record<string, string>> = {
  object: 'names with values',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}...` : json;
}

const propertiesOf = (schema: unknown): readonly string[] =>
  typeof schema === 'object' && schema !== null && 'properties' in schema ? Object.keys(Object(schema.properties)) : [];

function descriptionOf(schema: unknown, name: string): string {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return '';
  const property: unknown = Object.entries(Object(schema.properties)).find(([key]) => key === name)?.[1];
  if (typeof property !== 'object' || property === null) return '';
  if ('description' in property) return String(property.description);
  if (!('$ref' in property)) return '';
  return descriptionOf({ properties: RULE_SET_SCHEMA.$defs }, String(property.$ref).slice('#/$defs/'.length));
}
