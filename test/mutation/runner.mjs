import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin'
import { DryRunStatus, MutantRunStatus, TestStatus, determineHitLimitReached } from '@stryker-mutator/api/test-runner'
import { readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { BroadcastChannel } from 'node:worker_threads'
import { createVitest } from 'vitest/node'

/** What the first run found, for those that take over from a runner that hung. */
const coverageFile = 'coverage.json'

const idOf = (name) => relative('.', name)

/**
 * Which mutants each test meets: those of its file's own statements, too, which are run with it. Static are those that
 * the modules met while they were loaded, for a test file on its own met them less often.
 */
const coverageOf = ({ static: loading, perTest }, names) => {
  const total = (hits, more = {}) =>
    Object.fromEntries(
      [...new Set([...Object.keys(hits), ...Object.keys(more)])].map((id) => [id, (hits[id] ?? 0) + (more[id] ?? 0)])
    )
  const files = [...new Set(names.map((name) => name.slice(0, name.indexOf('#'))))]
  const byFiles = files.reduce((sum, file) => total(sum, perTest[file]), {})
  return {
    static: Object.fromEntries(Object.entries(loading).filter(([id, hits]) => hits > (byFiles[id] ?? 0))),
    perTest: Object.fromEntries(
      names.map((name) => [idOf(name), total(perTest[name] ?? {}, perTest[name.slice(0, name.indexOf('#'))])])
    )
  }
}

/**
 * vitest with the test files loaded once, for all mutants: Stryker's own runner starts a worker and imports the library
 * anew for each of them, which costs 2 s of a processor where the tests that meet a mutant take 0.1 s.
 *
 * A mutant of code that runs while modules load needs them loaded anew; so does one that spoils what later ones meet:
 * after each kill the test that killed has to pass again.
 */
class KeptVitest {
  static inject = tokens(commonTokens.options)
  /** The mutant that the worker was loaded with; null: none, undefined: there is no worker. */
  loaded = undefined

  constructor({ vitest: { dir } }) {
    this.dir = dir
  }

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    process.env.NODE_ENV = 'test'
    process.env.VITEST = '1'
    this.vitest = await createVitest('test', {
      dir: this.dir,
      runner: './test/mutation/worker.mjs',
      pool: 'threads',
      maxWorkers: 1,
      isolate: false,
      watch: false,
      coverage: { enabled: false },
      reporters: [{}],
      onConsoleLog: () => false
    })
    this.files = await this.vitest.globTestSpecifications()
    this.vitest.provide('files', this.files.length)
    this.channel = new BroadcastChannel('mutation')
  }

  answer() {
    return new Promise((resolve) => {
      this.channel.onmessage = ({ data }) => resolve(data)
    })
  }

  ask(question) {
    const answer = this.answer()
    this.channel.postMessage(question)
    return answer
  }

  /** Has a worker whose modules were loaded with that mutant. */
  async load(mutant) {
    if (this.loaded === mutant) return
    await this.unload()
    this.vitest.provide('activeMutant', mutant)
    const ready = this.answer()
    this.vitest.state.filesMap.clear()
    this.running = this.vitest.runTestSpecifications(this.files, true)
    const { broken, names } = await ready
    this.loaded = mutant
    this.broken = broken
    this.names = new Map(names.map((name) => [idOf(name), name]))
  }

  async unload() {
    if (this.loaded === undefined) return
    this.loaded = undefined
    this.channel.postMessage({ stop: true })
    await this.running
  }

  async dryRun() {
    await this.load(null)
    if (this.broken.length > 0) return { status: DryRunStatus.Error, errorMessage: this.broken.join('\n') }
    const { results, coverage } = await this.ask({ coverage: true })
    this.coverage = coverageOf(
      coverage,
      results.map(({ name }) => name)
    )
    writeFileSync(coverageFile, JSON.stringify(this.coverage))
    return {
      status: DryRunStatus.Complete,
      mutantCoverage: this.coverage,
      tests: results.map(({ name, failure, time }) => ({
        id: idOf(name),
        name: idOf(name),
        timeSpentMs: time,
        ...(failure === undefined
          ? { status: TestStatus.Success }
          : { status: TestStatus.Failed, failureMessage: failure })
      }))
    }
  }

  /** How the tests of these ids, or all, fare with a mutant in the modules as they are loaded. */
  async judge(mutant, ids, hitLimit) {
    const names = ids?.map((id) => this.names.get(id) ?? resolve(id))
    const { results, hitCount, error } = await this.ask({ mutant, names, hitLimit })
    if (error !== undefined) throw new Error(error)
    const timedOut = determineHitLimitReached(hitCount, hitLimit)
    if (timedOut !== undefined) return timedOut
    const { name, failure } = results.at(-1) ?? {}
    return failure === undefined
      ? { status: MutantRunStatus.Survived, nrOfTests: results.length }
      : { status: MutantRunStatus.Killed, killedBy: [idOf(name)], failureMessage: failure, nrOfTests: results.length }
  }

  testsThatMeet(id) {
    const { perTest } = (this.coverage ??= JSON.parse(readFileSync(coverageFile, 'utf8')))
    return Object.keys(perTest).filter((test) => id in perTest[test])
  }

  async mutantRun({ activeMutant: { id }, testFilter, mutantActivation, hitLimit }) {
    const met = testFilter ?? this.testsThatMeet(id)
    if (met.length > 0) {
      await this.load(null)
      const verdict = await this.judge(id, met, hitLimit)
      const killers = verdict.killedBy
      const sound = killers === undefined || (await this.judge(undefined, killers)).status === MutantRunStatus.Survived
      if (!sound || verdict.status === MutantRunStatus.Timeout) await this.unload()
      if (sound && (mutantActivation === 'runtime' || verdict.status !== MutantRunStatus.Survived)) return verdict
    }
    await this.load(id)
    if (this.broken.length > 0)
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: this.broken.join('\n'), nrOfTests: 0 }
    return this.judge(id, undefined, hitLimit)
  }

  async dispose() {
    await this.unload()
    this.channel.close()
    await this.vitest.close()
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'kept-vitest', KeptVitest)]
