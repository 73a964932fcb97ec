/**
 * Counts what vitest's JSON reporter wrote, file by file. A file that broke before its first test counts as one failed test.
 * Returns rows `{ file, passed, failed, skipped, failures }`, where failures are the full names of the tests that failed.
 */
export function countTests(report) {
  return report.testResults.map(({ name: file, status, assertionResults }) => {
    const named = wanted => assertionResults.filter(one => one.status === wanted);
    const failures = named('failed').map(({ fullName }) => fullName);
    if (status === 'failed' && failures.length === 0) failures.push('(the file itself)');
    const passed = named('passed').length;
    const skipped = assertionResults.length - passed - named('failed').length;
    return { file, passed, failed: failures.length, skipped, failures };
  });
}

/** Something broke outside of every test, or nothing was written at all. */
export const brokenRun = { file: undefined, passed: 0, failed: 1, skipped: 0, failures: ['(the run itself)'] };

/** More files than that fail for a reason, not by a race. */
const mostRaces = 5;

/** The files to run once more, by themselves: none when nothing failed, and none when so much did that a second run would only hide it. */
export function worthAnotherRun(rows) {
  const broken = rows.filter(({ failed }) => failed > 0);
  const mayBeRaces = broken.length <= mostRaces && broken.every(({ file }) => file !== undefined);
  return mayBeRaces ? broken : [];
}
