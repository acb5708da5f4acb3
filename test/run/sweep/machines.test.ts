/**
 * Sweeps over Redis: workers are killed, and the server with them; every run ends once, with the bits of the run alone.
 * `SADDLEPOINT_SWEEP=24,20 npx vitest run test/run/sweep/machines` does 24 runs with 20 kills.
 */
import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import * as E from '#fp-ts/Either'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Sweep } from '../../../src/run.ts'
import { openDashboard } from '../../../src/run/sweep/dashboard.ts'
import { openSweep } from '../../../src/run/sweep/folder.ts'
import { sweepOver } from '../../../src/run/sweep/overMachines.ts'
import { idOf, loadQueues, openServer, prefix, queueName } from '../../../src/run/sweep/queue.ts'
import { work } from '../../../src/run/sweep/worker.ts'
import { rightOf } from '../../support/smallGan.ts'
import { temporary } from '../folders.ts'
import { redisServer, stopServers } from './redis.ts'
import type { Built } from './support.ts'
import { alone, build, contentsOf, grid, until } from './support.ts'

const [runs = 4, kills = 3] = (process.env['SADDLEPOINT_SWEEP'] ?? '').split(',').filter(Boolean).map(Number)

let built: Built
let folder: string
const machines = new Set<ChildProcess>()
beforeAll(async () => {
  built = await build({ machine: 'test/run/sweep/machine.ts' })
})
afterAll(() => {
  built.remove()
})
beforeEach(() => {
  folder = temporary()
})
afterEach(async () => {
  await Promise.all([...machines].map(killed))
  await stopServers()
  rmSync(folder, { recursive: true })
})

const machine = (sweep: string, address: string): ChildProcess => {
  const child = spawn(process.execPath, [built.at('machine'), sweep, address, built.modules, built.program], {
    stdio: 'ignore'
  })
  machines.add(child)
  return child
}
const killed = async (child: ChildProcess): Promise<void> => {
  machines.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

it('ends every run once, with the bits of the run alone, whatever is killed', async () => {
  const seeds = Math.ceil(runs / 2)
  const jobs = rightOf(Sweep.runsOf({ ...grid, seeds })).slice(0, runs)
  const before = await alone(join(folder, 'alone'), jobs)
  const server = await redisServer(folder)
  await server.start()
  const at = join(folder, 'sweep')
  const sweep = rightOf(await openSweep(at, jobs)())
  const ended: string[] = []
  const onResult = ({ job }: Sweep.Result): void => void ended.push(job.name)
  const watch = { isOver: false }
  const swept = sweepOver(at, sweep, server.address, { interval: 200, onResult })().finally(() => {
    watch.isOver = true
  })
  const workers = [machine(at, server.address), machine(at, server.address)]
  await until(() => existsSync(join(at, 'runs')) || watch.isOver)
  for (let kill = 0; kill < kills; kill++) {
    await pause(600 + 800 * Math.random())
    if (watch.isOver) break
    const one = kill % workers.length
    await killed(workers[one]!)
    // Every third time the server, too: by a kill, or with all that it held.
    if (kill % 3 === 1) {
      await server.stop()
      if (kill % 2 === 0) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true })
      await server.start()
    }
    workers[one] = machine(at, server.address)
  }
  const results = rightOf(await swept)
  await server.stop()
  expect(results.map(({ status }) => status)).toEqual(jobs.map(() => 'done'))
  expect(ended.toSorted()).toEqual(jobs.map(({ name }) => name).toSorted())
  expect(contentsOf(at)).toEqual(before)
  const lines = readFileSync(join(at, 'results.jsonl'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { run: string }).run)).toEqual(jobs.map(({ name }) => name))
}, 600_000)

/** Asks for a page by another name of the machine, as a page of somebody else's may. */
const statusFor = (address: string, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    get(address, { headers: { host } }, ({ statusCode }) => {
      resolve(statusCode)
    })
  })

describe('a worker', () => {
  it('does only what its folder says, whatever the queue names, and a module of its own', async () => {
    const server = await redisServer(folder, ['requirepass a:b@c'])
    await server.start()
    const address = `redis://:${encodeURIComponent('a:b@c')}@127.0.0.1:${String(server.port)}`
    const specs = { own: { module: 'own.js' }, up: { module: '../index.js' } }
    const jobs = rightOf(Sweep.runsOf({ ...grid, specs, settings: { slope: [1] }, seeds: 1, steps: 2 }))
    const at = join(folder, 'sweep')
    const sweep = rightOf(await openSweep(at, [...jobs, { ...jobs[0]!, name: 'out', data: '../redis.conf' }])())
    const queues = rightOf(await loadQueues())
    const connections = rightOf(await openServer(queues, address)())
    const queue = new queues.Queue(queueName(sweep), { connection: connections.connect(), prefix })
    const hostile = ['../../x', '/etc/passwd', { module: 'x' }, null, 3, 'constructor']
    for (const [i, run] of hostile.entries()) await queue.add('run', { run }, { jobId: `run.${String(i)}` })
    for (const { name } of sweep.jobs) await queue.add('run', { run: name }, { jobId: idOf(name) })
    const told: (readonly [string, string | undefined])[] = []
    const worked = await work(at, address, {
      runners: 1,
      modules: built.modules,
      data: at,
      program: built.program,
      silence: 1000,
      untilDone: true,
      onResult: ({ job, status, why }) =>
        void told.push([`${job.specName} ${job.name === 'out' ? 'out ' : ''}${status}`, why])
    })()
    expect(E.isRight(worked)).toBe(true)
    expect(told.map(([what]) => what)).toEqual(['own done', 'up failed', 'own out failed'])
    expect(told[1]?.[1]).toContain(`expected a path inside ${built.modules}; got one that leads out of it`)
    expect(told[2]?.[1]).toContain(`expected a path inside ${at}; got one that leads out of it`)
    expect(Object.keys(contentsOf(at))).toEqual([jobs[0]!.name])
    const board = rightOf(await openDashboard(queue)())
    expect(board.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await (await fetch(board.address)).text()).toContain('Bull')
    const listed = (await (await fetch(`${board.address}api/queues`)).json()) as { queues: { name: string }[] }
    expect(listed.queues.map(({ name }) => name)).toEqual([queueName(sweep)])
    expect(await statusFor(board.address, 'evil.example')).toBe(403)
    await board.close()
    await queue.close()
    connections.close()
    await server.stop()
  }, 120_000)
})

describe('a server that cannot be reached', () => {
  const why = async (address: string): Promise<string> => {
    const opened = await openServer(rightOf(await loadQueues()), address)()
    if (E.isRight(opened)) {
      opened.right.close()
      return 'opened'
    }
    return `${opened.left[0].expected}; ${opened.left[0].actual}`
  }
  it('is told in words, without its password', async () => {
    const server = await redisServer(folder, ['requirepass secret'])
    await server.start()
    const port = String(server.port)
    expect(await why(`redis://:secret@127.0.0.1:${port}`)).toBe('opened')
    expect(await why(`redis://127.0.0.1:${port}`)).toMatch(/lets this process in; .*NOAUTH/)
    expect(await why(`redis://:guess@127.0.0.1:${port}`)).toMatch(/^a Redis server at redis:\/\/127.0.0.1:\d+ that .*WRONGPASS/) // prettier-ignore
    expect(await why(`redis://:guess@127.0.0.1:${port}`)).not.toContain('guess')
    await server.stop()
    expect(await why(`redis://:secret@127.0.0.1:${port}`)).toMatch(/ECONNREFUSED/)
    expect(await why('http://127.0.0.1')).toMatch(/^redis:\/\/host:port, or rediss/)
    expect(await why('nonsense')).toMatch(/no address$/)
  })

  it('may speak TLS', async () => {
    const cert = ['cert.pem', 'key.pem'].map((name) => join(folder, name))
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', cert[1]!, '-out', cert[0]!], { stdio: 'ignore' }) // prettier-ignore
    const plain = await redisServer(folder)
    const lines = [`tls-port ${String(plain.port)}`, `tls-cert-file ${cert[0]!}`, `tls-key-file ${cert[1]!}`, 'tls-auth-clients no', 'requirepass secret'] // prettier-ignore
    const server = await redisServer(folder, lines, plain.port)
    await server.start()
    // A certificate that nobody has signed is refused, which is what TLS is for.
    expect(await why(`rediss://:secret@127.0.0.1:${String(server.port)}`)).toMatch(/rediss:.*self-signed certificate/)
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert[0]! }
    const trusting = execFileSync(process.execPath, [built.at('machine'), '', `rediss://:secret@127.0.0.1:${String(server.port)}`], { env }) // prettier-ignore
    expect(trusting.toString()).toBe('Right')
    await server.stop()
  })
})
