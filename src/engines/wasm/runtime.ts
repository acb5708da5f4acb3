/** What Node and browsers have for threads. */
export interface Runtime {
  readonly kind: 'node' | 'web'
  /** Whether memory can be shared with workers. */
  readonly canShare: boolean
  /** How many threads run at once. */
  readonly processors: number
  /** Resolves after everything that now waits in the event loop had its turn. */
  readonly nextTurn: () => Promise<void>
}

/** The parts of browsers and of Node that are used here. TypeScript's own types of them would declare `document` and the like, too. */
interface Platform {
  readonly Worker?: unknown
  readonly navigator?: { readonly hardwareConcurrency?: number }
  readonly crossOriginIsolated?: boolean
  readonly process?: Partial<NodeJS.Process>
}

const { Worker, navigator, crossOriginIsolated, process } = globalThis as unknown as Platform

/** The most threads that a process of Node is told to take, by who shares a machine among several; without a bound where it is no count. */
const mostOf = (told: string | undefined): number =>
  told !== undefined && /^[1-9]\d*$/.test(told) ? Number(told) : Infinity

const nodeRuntime = (load: NonNullable<NodeJS.Process['getBuiltinModule']>): Runtime => ({
  kind: 'node',
  canShare: true,
  processors: Math.min(load('node:os').availableParallelism(), mostOf(process?.env?.['SADDLEPOINT_THREADS'])),
  nextTurn: () => new Promise((resolve) => setImmediate(resolve))
})

const webRuntime = (): Runtime => ({
  kind: 'web',
  canShare: crossOriginIsolated === true && Worker !== undefined,
  processors: navigator?.hardwareConcurrency ?? 1,
  nextTurn: () => new Promise((resolve) => setTimeout(resolve))
})

/** Loads modules of Node; undefined in browsers. */
export const load: NodeJS.Process['getBuiltinModule'] | undefined = process?.getBuiltinModule
export const runtime: Runtime = load === undefined ? webRuntime() : nodeRuntime(load)
