import { Ajv, type ErrorObject } from 'ajv';
import { compileMapping, type CompiledMapping } from './compile-mapping.js';
import { MAPPING_SCHEMA } from './mapping-schema.js';
import type { SeenTexts } from './column-types.js';
import { COLUMN_TYPES, type Mapping } from './mapping.js';
import { MappingRefused, parsePlaced, type Mistake } from './yaml-places.js';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Mapping>(MAPPING_SCHEMA);

/** Checks and compiles a whole mapping. @param file its name in mistakes @throws MappingRefused with every mistake */
export function loadMapping(text: string, file: string): CompiledMapping {
  const placed = parsePlaced(text);
  if (!('value' in placed)) throw new MappingRefused(file, placed);
  const { value } = placed;
  if (!validate(value)) {
    throw new MappingRefused(
      file,
      mistakesOf(validate.errors ?? [], (path, message) => placed.at(path, message)),
    );
  }
  const compile = (seen: SeenTexts | undefined): CompiledMapping => {
    const mistakes: Mistake[] = [];
    const compiled = compileMapping(value, (path, message) => mistakes.push(placed.at(path, message)), seen);
    if (mistakes.length > 0) throw new MappingRefused(file, mistakes);
    return { ...compiled, fitTo: compile, lineOf: (path) => placed.at(path, '').line };
  };
  return compile(undefined);
}

type Locate = (path: readonly (string | number)[], message: string) => Mistake;

/** One mistake per cause: if no alternative fits, only that. */
function mistakesOf(errors: readonly ErrorObject[], locate: Locate): readonly Mistake[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const shown = errors.filter(
    (error) => choices.includes(error) || !choices.some(({ instancePath: at }) => within(error.instancePath, at)),
  );
  return shown
    .filter(
      (error) =>
        !shown.some(
          (other) =>
            other !== error &&
            choices.includes(other) &&
            choices.includes(error) &&
            strictlyWithin(other.instancePath, error.instancePath),
        ),
    )
    .map((error) => locate(pathOf(error.instancePath), sentenceOf(error)));
}

const within = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`);
const strictlyWithin = (path: string, above: string): boolean => path !== above && within(path, above);

const pathOf = (pointer: string): readonly (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function sentenceOf({ keyword, params, message, instancePath }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return `"${String(params['additionalProperty'])}" is not known here.`;
    case 'required':
      return `"${String(params['missingProperty'])}" is missing.`;
    case 'enum':
      return `This must be one of ${(params['allowedValues'] as unknown[]).join(', ')}.`;
    case 'anyOf':
      return 'This is not a value: use a constant, or one of column, previous, path, scores, money, rule.';
    case 'oneOf':
      return instancePath.endsWith('At')
        ? 'This must be the name of a column with a date.'
        : instancePath.startsWith('/columns')
          ? `This is not a type: use ${COLUMN_TYPES.join(', ')}, or { type: number, numbers: '1.234,5' }.`
          : 'This is not a condition: use first, changed, unchanged, row, previous, firstTime.';
    default:
      return `This ${message ?? 'is invalid'}.`;
  }
}
