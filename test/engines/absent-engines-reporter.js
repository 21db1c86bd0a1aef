/** Ends a run of Jest with one line that says which engines were absent, and how many tests were left out for it. */
export default class AbsentEnginesReporter {
  onRunComplete(_contexts, { testResults }) {
    const absent = new Map();
    let tests = 0;
    for (const { status, ancestorTitles } of testResults.flatMap((file) => file.testResults)) {
      const reason = status === 'pending' ? /\((\w+) is absent: (.*)\)$/.exec(ancestorTitles[0] ?? '') : null;
      if (!reason) continue;
      absent.set(reason[1], reason[2]);
      tests += 1;
    }
    if (tests === 0) return;
    const engines = [...absent].map(([engine, remedy]) => `${engine} (${remedy})`).join('; ');
    process.stderr.write(`Engines absent: ${engines}. ${tests} tests were left out.\n`);
  }
}
