import { parseArgs } from 'node:util'

export const peerNames = ['tfjs', 'jaxjs', 'torch', 'torch-cuda'] as const
export type PeerName = (typeof peerNames)[number]

export interface Options {
  /** Benches to run; all of them where none is named. */
  readonly names: readonly string[]
  /** Jobs whose name holds this. */
  readonly only: string
  readonly engine: string
  readonly mode: string | undefined
  readonly threads: number
  /** Whether multiplications and additions may be joined. */
  readonly relaxed: boolean
  readonly peers: readonly PeerName[]
  /** Whether PyTorch may round factors to TF32 on a GPU. */
  readonly tf32: boolean
  readonly json: boolean
  /** Whether each row comes with its kernels. */
  readonly explain: boolean
  /** Timed steps (or runs of steps, where a step is short). */
  readonly samples: number
  /** How many of the stored losses are checked before timing. */
  readonly losses: number
  readonly randomSizes: boolean
  readonly seed: number
  /** Computes the stored values anew instead of checking them. */
  readonly store: boolean
}

export const usage = `npm run bench -- NAME... [options]

  --threads n            threads of the engine and of the peers (1); gpu.js takes 1, or all where they pay
  --engine NAME          wasm, reference or gpu (wasm)
  --mode MODE            of gpu: webgpu, webgl2, headlessgl, webasm, cpu ... (webasm)
  --relaxed              wasm with fused multiply-add, in Node 20 under --experimental-wasm-relaxed-simd
  --peers NAMES          measure the same step there, in turns: some of tfjs,jaxjs,torch,torch-cuda
  --tf32                 torch-cuda may round factors to TF32
  --json                 one JSON line a row
  --explain              before each row of ours its kernels, and what the engine thinks that they take
  --samples n            timed samples a row, their median is shown (30)
  --losses n             how many first losses to check (8)
  --only TEXT            jobs whose name holds TEXT
  --random-sizes         also at sizes drawn anew, against the named ones
  --seed n               of these sizes
  --store                write losses.json anew, from torch where it has the step, else from reference:float64`

const whole = (name: string, text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number, not '${text}'`)
  return value
}

const isPeer = (name: string): name is PeerName => (peerNames as readonly string[]).includes(name)

const peersOf = (text: string): readonly PeerName[] =>
  text.split(',').map((name) => {
    if (!isPeer(name)) throw new Error(`--peers takes some of ${peerNames.join(',')}, not '${name}'`)
    return name
  })

export const readOptions = (args: readonly string[]): Options | undefined => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      threads: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'wasm' },
      mode: { type: 'string' },
      relaxed: { type: 'boolean', default: false },
      peers: { type: 'string' },
      tf32: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      explain: { type: 'boolean', default: false },
      samples: { type: 'string', default: '30' },
      losses: { type: 'string', default: '8' },
      only: { type: 'string', default: '' },
      'random-sizes': { type: 'boolean', default: false },
      seed: { type: 'string' },
      store: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  if (values.help) return undefined
  return {
    names: positionals,
    only: values.only,
    engine: values.engine,
    mode: values.mode,
    threads: Math.max(1, whole('threads', values.threads)),
    relaxed: values.relaxed,
    peers: values.peers === undefined ? [] : peersOf(values.peers),
    tf32: values.tf32,
    json: values.json,
    explain: values.explain,
    samples: Math.max(1, whole('samples', values.samples)),
    losses: Math.max(1, whole('losses', values.losses)),
    randomSizes: values['random-sizes'],
    seed: values.seed === undefined ? Date.now() % 2 ** 32 : whole('seed', values.seed),
    store: values.store
  }
}
