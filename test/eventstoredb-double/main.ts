import { startDouble } from './eventstoredb-double.js';

/** Serves a double until it is killed: `node dist/test/eventstoredb-double/main.js 2113`. */
const double = await startDouble({ port: Number(process.argv[2] ?? 2113) });
console.log(`A double of EventStoreDB, for tests, answers at ${double.url}`);
