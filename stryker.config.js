/** Mutation testing, run by `npm run mutation -- GLOB` (test/mutation/run.mjs), which says what is mutated and by which tests it is judged. */
export default {
  testRunner: 'kept-vitest',
  plugins: ['./test/mutation/prose.mjs', './test/mutation/sample.mjs', './test/mutation/runner.mjs'],
  coverageAnalysis: 'perTest',

  // Every mutator of Stryker is on. `prose` leaves out the wording of messages, and nothing else.
  mutator: { excludedMutations: [] },
  ignorers: ['prose'],
  checkers: ['sample'],

  // Two cores: one worker beside the machine's other work. A mutant that runs 3 times as long as the tests did, and
  // 10 s more, hangs.
  concurrency: 1,
  timeoutFactor: 3,
  timeoutMS: 10_000,
  dryRunTimeoutMinutes: 10,

  incremental: true,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  tempDirName: 'out/mutation/sandbox',
  ignorePatterns: ['bench', 'coverage', 'dist', 'docs', 'examples', 'out'],
  allowEmpty: false
}
