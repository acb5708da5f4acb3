import { startTests } from '@vitest/runner'
import { TestRunner, inject } from 'vitest'
import { BroadcastChannel } from 'node:worker_threads'

/** What the instrumented code shares with whoever runs it. */
const shared = (globalThis.__stryker__ ??= {})

const testsOf = (task) =>
  task.type === 'test' ? (task.mode === 'run' || task.mode === 'queued' ? [task] : []) : task.tasks.flatMap(testsOf)

/** A test's file, then its name after those of the suites around it: how Stryker calls it. */
const nameOf = ({ name, suite, file }) =>
  suite === undefined ? `${file.filepath}#${name}` : `${nameOf(suite)} ${name}`

const messageOf = (error) => String(error?.message ?? error)

/**
 * Runs the tests of loaded files again and again, one mutant after the other. Only the test files themselves are
 * imported each time; the modules that they test stay.
 */
export default class Kept extends TestRunner {
  /** The files collected when the worker was loaded, and the names of their tests. */
  files = []
  names = []
  broken = []
  /** What is asked for just now; undefined while the worker is being loaded. */
  wanted = undefined
  results = []

  constructor(config) {
    super(config)
    shared.activeMutant = inject('activeMutant') ?? undefined
  }

  importFile(path, source) {
    const module = this.workerState.evaluatedModules.getModuleById(path)
    if (module !== undefined) this.workerState.evaluatedModules.invalidateModule(module)
    return super.importFile(path, source)
  }

  onCollectStart(file) {
    super.onCollectStart(file)
    if (this.wanted?.coverage) shared.currentTestId = file.filepath
  }

  onCollected([file]) {
    shared.currentTestId = undefined
    const failure = file.result?.state === 'fail' ? messageOf(file.result.errors[0]) : undefined
    if (this.wanted === undefined) {
      this.files.push(file.filepath)
      this.names.push(...testsOf(file).map(nameOf))
      if (failure !== undefined) this.broken.push(failure)
      file.mode = 'skip'
    } else if (failure !== undefined) this.tell(file.filepath, failure)
    else if (this.wanted.names !== undefined)
      for (const test of testsOf(file)) if (!this.wanted.names.has(nameOf(test))) test.mode = 'skip'
  }

  onBeforeTryTask(test) {
    super.onBeforeTryTask(test)
    if (this.wanted.coverage) shared.currentTestId = nameOf(test)
  }

  onAfterRunTask(test) {
    super.onAfterRunTask(test)
    shared.currentTestId = undefined
    const { state, errors, duration } = test.result ?? {}
    if (state === 'pass') this.tell(nameOf(test), undefined, duration)
    if (state === 'fail') this.tell(nameOf(test), messageOf(errors?.[0]), duration)
  }

  async onAfterRunSuite(suite) {
    await super.onAfterRunSuite(suite)
    // A hook that failed, for no test of the suite was run.
    const { state, errors = [] } = suite.result ?? {}
    if (state === 'fail' && errors.length > 0) this.tell(nameOf({ file: suite, ...suite }), messageOf(errors[0]))
  }

  /** Notes how a test went; after a failure nothing more need be run. */
  tell(name, failure, time = 0) {
    this.results.push({ name, failure, time })
    if (failure !== undefined && !this.wanted.coverage) this.cancelRun = true
  }

  async onAfterRunFiles(files) {
    super.onAfterRunFiles(files)
    if (this.wanted === undefined && this.files.length === inject('files')) await this.serve()
  }

  /** Answers what the main thread asks until it says stop. */
  serve() {
    const channel = new BroadcastChannel('mutation')
    return new Promise((resolve) => {
      channel.onmessage = ({ data: { stop, ...question } }) => {
        if (stop) {
          channel.close()
          resolve()
        } else
          this.run(question)
            .catch((error) => ({ error: messageOf(error) }))
            .then((answer) => channel.postMessage(answer))
      }
      channel.postMessage({ broken: this.broken, names: this.names })
    })
  }

  /** Runs tests, all of them by default, up to the first that fails; for `coverage` none is left out. */
  async run({ mutant, names, hitLimit, coverage = false }) {
    this.wanted = { names: names === undefined ? undefined : new Set(names), coverage }
    this.results = []
    this.cancelRun = false
    Object.assign(shared, { activeMutant: mutant, hitLimit, hitCount: 0 })
    const files = this.files.filter(
      (file) => names?.some((name) => name === file || name.startsWith(`${file}#`)) ?? true
    )
    for (const filepath of files) if (!this.cancelRun) await startTests([{ filepath }], this)
    const { hitCount, mutantCoverage } = shared
    shared.activeMutant = undefined
    this.cancelRun = false
    return { results: this.results, hitCount, coverage: coverage ? mutantCoverage : undefined }
  }
}
