import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Absent } from './job.ts'
import type { Block, Runner } from './measure.ts'
import type { PeerName } from './options.ts'
import { benchFolder } from './places.ts'

/** What a peer says once it has done its first steps. */
export interface Greeting {
  readonly library: string
  readonly threads: number
  readonly compileMs: number
  readonly first: readonly number[]
  /** How long the last of the first steps took. */
  readonly stepMs: number
}

/** A peer's process with one step of its own, which takes a turn when asked. */
export interface Peer extends Greeting, Runner {
  readonly peakBytes: () => number
  readonly dispose: () => void
}

interface Answer extends Block {
  readonly peakBytes: number
}

const python = process.env['PYTHON'] ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3')

const isTorch = (peer: PeerName): boolean => peer === 'torch' || peer === 'torch-cuda'

/** The program and file of a peer's script; undefined where it has none. */
const commandOf = (peer: PeerName, script: string): readonly [string, string] | undefined => {
  const [program, ending] = isTorch(peer) ? [python, 'torch.py'] : [process.execPath, `${peer}.mjs`]
  const file = join(benchFolder, 'peers', `${script}_${ending}`)
  return existsSync(file) ? [program, file] : undefined
}

const explain = (peer: PeerName, errors: readonly string[]): string => {
  const text = errors.join('\n')
  if (isTorch(peer) && /No module named|ENOENT/.test(text))
    return 'not installed: apt-get install python3-torch libopenblas0-pthread'
  if (/ERR_MODULE_NOT_FOUND/.test(text)) return 'not installed: npm ci --prefix bench'
  return (
    errors.findLast((line) => /error|exception/i.test(line))?.trim() ??
    errors.at(-1)?.trim() ??
    'it ended without a word'
  )
}

/** A peer may use this long for its samples, all rounds together: some need a minute for a step. */
const budgetMs = 20_000

/** What a script is told. */
export interface PeerJob {
  readonly threads: number
  readonly losses: number
  readonly sizes: unknown
  /** Whether PyTorch may round factors to TF32 on a GPU (default: no). */
  readonly tf32?: boolean
}

/** Starts a peer on a step: it compiles, does its first steps, and waits. */
export const startPeer = async (peer: PeerName, script: string, job: PeerJob): Promise<Peer | Absent> => {
  const command = commandOf(peer, script)
  if (command === undefined) return { missing: 'it has no script for this step' }
  const [program, file] = command
  const device = peer === 'torch-cuda' ? 'cuda' : 'cpu'
  const child = spawn(program, [file, JSON.stringify({ ...job, device })], { stdio: ['pipe', 'pipe', 'pipe'] })
  const errors: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const waiting: ((line: string | undefined) => void)[] = []
  const early: string[] = []
  let ended = false
  const hear = (line: string | undefined): void => {
    const next = waiting.shift()
    if (next !== undefined) next(line)
    else if (line !== undefined) early.push(line)
  }
  // What a library prints for people is passed over.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) hear(line)
  })
  const end = (): void => {
    ended = true
    while (waiting.length > 0) hear(undefined)
  }
  child.on('error', (error) => {
    errors.push(error.message)
    end()
  })
  child.on('close', end)
  child.stdin.on('error', () => undefined)
  const nextLine = (): Promise<string | undefined> => {
    const line = early.shift()
    return line !== undefined || ended ? Promise.resolve(line) : new Promise((resolve) => waiting.push(resolve))
  }
  const greeting = await nextLine()
  if (greeting === undefined) return { missing: explain(peer, errors) }
  const greeted = JSON.parse(greeting) as Greeting
  let peakBytes = 0
  let spentMs = 0
  return {
    ...greeted,
    block: async (samples) => {
      const affordable = Math.floor((budgetMs - spentMs) / greeted.stepMs)
      const count = Math.min(samples, spentMs === 0 ? Math.max(1, affordable) : affordable)
      if (count <= 0) return { ms: [], cpuMs: 0 }
      child.stdin.write(`${JSON.stringify({ samples: count })}\n`)
      const line = await nextLine()
      if (line === undefined) throw new Error(`${peer} ended while it ran: ${explain(peer, errors)}`)
      const answer = JSON.parse(line) as Answer
      peakBytes = answer.peakBytes
      spentMs += answer.ms.reduce((a, b) => a + b, 0)
      return answer
    },
    peakBytes: () => peakBytes,
    dispose: () => {
      child.stdin.end()
      child.kill()
    }
  }
}
