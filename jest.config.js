import { availableParallelism } from 'node:os';

/** Sources run as they are written: swc strips the types, and `.js` in an import finds its `.ts`. */
export default {
  testEnvironment: 'node',
  reporters: ['default', '<rootDir>/test/engines/absent-engines-reporter.js'],
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Jest leaves a core to itself, which is half of a machine with two; many suites wait for processes and not for a core.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // Only to end what hangs: on a slow machine a change of rules on engines took over a minute.
  testTimeout: 180_000,
  // Node.js was seen to spin for ever while it frees what sockets that were reset left behind, after all tests had passed.
  forceExit: true,
};
