import { Ajv, type ErrorObject } from 'ajv';
import { compileMapping, type CompiledMapping } from './compile-mapping.js';
import { MAPPING_SCHEMA } from './mapping-schema.js';
import type { Mapping } from './mapping.js';
import { MappingRefused, parsePlaced, type Mistake } from './yaml-places.js';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Mapping>(MAPPING_SCHEMA);

/**
 * A mapping's text, checked as a whole before a single row is read. `file` is what the mistakes call it.
 * @throws MappingRefused with every mistake and its line.
 */
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
  const mistakes: Mistake[] = [];
  const compiled = compileMapping(value, (path, message) => mistakes.push(placed.at(path, message)));
  if (mistakes.length > 0) throw new MappingRefused(file, mistakes);
  return compiled;
}

type Place = (path: readonly (string | number)[], message: string) => Mistake;

/** One mistake for one cause: of a choice that fits no way, only that it fits none. */
function mistakesOf(errors: readonly ErrorObject[], place: Place): readonly Mistake[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const told = errors.filter(
    (error) => choices.includes(error) || !choices.some(({ instancePath: at }) => within(error.instancePath, at)),
  );
  return told
    .filter(
      (error) =>
        !told.some(
          (other) =>
            other !== error &&
            choices.includes(other) &&
            choices.includes(error) &&
            strictlyWithin(other.instancePath, error.instancePath),
        ),
    )
    .map((error) => place(pathOf(error.instancePath), sentenceOf(error)));
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
      return `"${String(params['additionalProperty'])}" means nothing here.`;
    case 'required':
      return `"${String(params['missingProperty'])}" is missing.`;
    case 'enum':
      return `This must be one of ${(params['allowedValues'] as unknown[]).join(', ')}.`;
    case 'anyOf':
      return 'This is no value: use a constant, or one of column, previous, path, scores, rule.';
    case 'oneOf':
      return instancePath.endsWith('At')
        ? 'This must be the name of a column with a date.'
        : 'This is no condition: use first, changed, unchanged, row, previous, firstTime.';
    default:
      return `This ${message ?? 'is not as it must be'}.`;
  }
}
