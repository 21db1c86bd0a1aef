export { parseDuration as millisecondsOf } from './rules/duration.js';
