/** One line of results: a step on one engine or peer, or why there is none. */
export interface Row {
  readonly name: string
  readonly engine: string
  /** The GPU's name. */
  readonly adapter?: string
  /** A program on the CPU plays the GPU: its time must not be published as a GPU's. */
  readonly software?: boolean
  /** How gpu.js runs the step: fused-encoder, fused-threaded, fused-sync, or generic. */
  readonly executor?: string
  readonly peer?: string
  readonly threads?: number
  readonly msPerStep?: number
  readonly minMs?: number
  readonly cpuMsPerStep?: number
  readonly samples?: number
  readonly flops?: number
  readonly gflops?: number
  readonly gbps?: number
  readonly compileMs?: number
  /** The most memory that the process has held so far. */
  readonly peakBytes?: number
  /** How many times as long as `to` this took. For a peer, `to` is our own step: above 1, we are faster. */
  readonly ratio?: number
  /** The same of processor times. */
  readonly cpuRatio?: number
  readonly to?: string
  /** The most that the ratio is allowed to be. */
  readonly bar?: number
  /** The most that `msPerStep` is allowed to be. */
  readonly msBar?: number
  /** GFLOP/s as a part of those at the named sizes, `to`. */
  readonly rateRatio?: number
  /** What the first values were compared with. */
  readonly checked?: string
  readonly sizes?: unknown
  /** Why there is no result: the peer is not installed, say. */
  readonly missing?: string
  /** Its kernels, and what the engine thinks that they take. */
  readonly explanation?: string
  /** What is wrong with the result. */
  readonly failed?: string
}

const number = (x: number | undefined): string =>
  x === undefined ? '' : x === 0 ? '0' : Number(x.toPrecision(3)).toString()

const columns: readonly (readonly [title: string, width: number, of: (row: Row) => string])[] = [
  ['threads', 7, ({ threads }) => number(threads)],
  ['ms/step', 9, ({ msPerStep }) => number(msPerStep)],
  ['cpu ms', 8, ({ cpuMsPerStep }) => number(cpuMsPerStep)],
  ['n', 4, ({ samples }) => number(samples)],
  ['GFLOP/s', 8, ({ gflops }) => number(gflops)],
  ['GB/s', 7, ({ gbps }) => number(gbps)],
  ['compile', 8, ({ compileMs }) => number(compileMs)],
  ['MB', 6, ({ peakBytes }) => number(peakBytes === undefined ? undefined : peakBytes / 1e6)],
  ['ratio', 7, ({ ratio, rateRatio }) => number(ratio ?? rateRatio)]
]

const notes = ({ to, ratio, cpuRatio, bar, msPerStep, msBar, checked, executor, software }: Row): string =>
  [
    to === undefined ? '' : `of ${to}`,
    bar === undefined ? '' : `bar ${number(bar)}${ratio! > bar ? ', MISSED' : ''}`,
    bar === undefined || cpuRatio === undefined ? '' : `${number(cpuRatio)} by processor time`,
    msBar === undefined ? '' : `bar ${number(msBar)} ms${msPerStep! > msBar ? ', MISSED' : ''}`,
    checked ?? '',
    executor ?? '',
    software === true ? 'SOFTWARE ADAPTER: not the speed of a GPU' : ''
  ]
    .filter((note) => note !== '')
    .join('; ')

const cells = (row: Row): string =>
  row.missing !== undefined
    ? `  missing: ${row.missing}`
    : row.failed !== undefined
      ? `  FAILED: ${row.failed}`
      : `${columns.map(([, width, of]) => of(row).padStart(width)).join(' ')}  ${notes(row)}`

const place = ({ engine, adapter }: Row): string => (adapter === undefined ? engine : `${engine} ${adapter}`)

const [nameWidth, engineWidth] = [42, 34]

const cut = (text: string): string => (text.length <= engineWidth ? text : `${text.slice(0, engineWidth - 1)}…`)

export const heading = `${'name'.padEnd(nameWidth)} ${'on'.padEnd(engineWidth)} ${columns.map(([title, width]) => title.padStart(width)).join(' ')}`

export const showRow = (row: Row): string =>
  `${row.explanation === undefined ? '' : `${row.explanation}\n`}${row.name.padEnd(nameWidth)} ${cut(place(row)).padEnd(engineWidth)} ${cells(row)}`
