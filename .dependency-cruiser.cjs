/**
 * Who may import whom: docs/architecture.md in a form that a machine checks. A room is a folder of libs/.
 * Specs and testing aids may reach further: they put real adapters under the pure rooms.
 */
const NOT_A_TEST = '\\.(spec|testing|contract)\\.ts$';
/** Folders of adapters in the rooms of their ports. */
const ADAPTER = '(sqlite|eventstoredb|mongodb|webhook|smtp)';

/** Rooms by what they may import beside themselves. `stores` stands for adapters, which apps and platform alone wire. */
const MAY_IMPORT = {
  'event-sourcing': [],
  filter: ['event-sourcing'],
  recovery: ['event-sourcing', 'filter'],
  'read-models': ['event-sourcing', 'filter', 'recovery'],
  reactions: ['event-sourcing', 'filter', 'recovery'],
  sqlite: ['event-sourcing'],
  mongodb: [],
  'event-store': ['event-sourcing', 'sqlite'],
  'read-store': ['event-sourcing', 'filter', 'sqlite', 'mongodb'],
  ledger: ['event-sourcing', 'sqlite', 'mongodb'],
  'key-files': [],
  vault: ['event-sourcing', 'ledger', 'key-files'],
  evidence: ['event-sourcing', 'event-store', 'ledger', 'key-files'],
  replay: ['event-sourcing', 'filter', 'recovery', 'event-store', 'read-store', 'ledger'],
  reports: ['event-sourcing', 'filter', 'recovery', 'read-models', 'read-store'],
  rehearsal: [
    'event-sourcing',
    'filter',
    'recovery',
    'read-models',
    'event-store',
    'read-store',
    'ledger',
    'replay',
    'reports',
  ],
  commands: ['event-sourcing', 'recovery', 'event-store', 'read-store', 'vault', 'replay'],
  'rule-changes': [
    'event-sourcing',
    'recovery',
    'event-store',
    'read-store',
    'ledger',
    'replay',
    'rehearsal',
    'commands',
  ],
  verification: ['event-sourcing', 'recovery', 'read-models', 'event-store', 'read-store', 'commands'],
  builds: [
    'event-sourcing',
    'recovery',
    'read-models',
    'event-store',
    'read-store',
    'ledger',
    'replay',
    'reports',
    'rehearsal',
    'rule-changes',
    // A thread opens the stores itself.
    'platform/stores',
    'platform/config',
  ],
  responses: ['event-sourcing', 'recovery', 'event-store', 'vault', 'commands', 'platform/validation'],
  outbound: ['event-sourcing', 'recovery', 'event-store', 'ledger', 'vault', 'commands'],
  platform: [
    'event-sourcing',
    'recovery',
    'event-store',
    'read-store',
    'ledger',
    'vault',
    'evidence',
    'replay',
    'commands',
    'outbound',
  ],
  import: ['event-sourcing', 'filter', 'recovery', 'event-store', 'vault', 'commands', 'replay'],
  demo: ['event-sourcing', 'recovery', 'commands', 'reactions'],
  migration: ['event-sourcing', 'event-store', 'ledger'],
  broker: ['event-sourcing', 'event-store', 'ledger', 'recovery'],
};

const rooms = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  name: `${room}-knows-only-its-own`,
  comment: `libs/${room} may import ${['itself', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^libs/${room}/`, pathNot: NOT_A_TEST },
  to: { path: '^(libs|apps|test)/', pathNot: `^libs/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'adapters-are-wired-by-apps-and-platform-alone',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(platform|[^/]+/${ADAPTER})/|${NOT_A_TEST}` },
      to: { path: `^libs/[^/]+/${ADAPTER}/` },
    },
    {
      name: 'an-adapter-serves-its-own-port',
      severity: 'error',
      from: { path: `^libs/([^/]+)/${ADAPTER}/`, pathNot: NOT_A_TEST },
      to: { path: `^libs/[^/]+/${ADAPTER}/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'sqlite-is-known-to-its-adapters-alone',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(sqlite|platform|[^/]+/sqlite)/|${NOT_A_TEST}` },
      to: { path: '^libs/sqlite/' },
    },
    {
      name: 'mongodb-is-known-to-its-adapters-alone',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(mongodb|platform|[^/]+/mongodb)/|${NOT_A_TEST}` },
      to: { path: '^libs/mongodb/' },
    },
    {
      name: 'libs-do-not-know-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'the-pure-rooms-do-no-io',
      severity: 'error',
      from: { path: '^libs/(event-sourcing|filter|recovery|read-models|reactions)/', pathNot: NOT_A_TEST },
      to: { path: '^(node:)?(fs|net|http|https|child_process|worker_threads|sqlite|timers|os)(/|$)|@nestjs' },
    },
    {
      name: 'apps-are-put-together-by-standalone-and-mains-alone',
      severity: 'error',
      from: { path: '^apps/(api|projector|reactor|relay|ops)/', pathNot: `^apps/[^/]+/main\\.ts$|${NOT_A_TEST}` },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: NOT_A_TEST },
      to: { path: `${NOT_A_TEST}|^test/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
