/** A worker, whatever the runtime calls its parts. */
export interface Worker {
  readonly post: (message: unknown) => void
  readonly terminate: () => void
}

/** What a runtime gives to threads. */
export interface Runtime {
  readonly kind: 'node' | 'web'
  /** Threads that run at once. */
  readonly processors: number
  /** A worker of this code; `died` is called once, when it ends or never came to be. */
  readonly spawn: (code: { readonly node: string; readonly web: string }, died: (cause: string) => void) => Worker
  /** After what waits in the event loop had its turn. */
  readonly breathe: () => Promise<void>
}

/** The parts of the web that are used; its types would bring `document` and all of its kin. */
interface Web {
  readonly Worker?: new (url: string) => {
    postMessage: (message: unknown) => void
    terminate: () => void
    onerror: ((event: { readonly message?: string }) => void) | null
  }
  readonly Blob?: new (parts: readonly string[], options: { readonly type: string }) => object
  readonly URL?: { readonly createObjectURL: (blob: object) => string }
  readonly navigator?: { readonly hardwareConcurrency?: number }
  readonly crossOriginIsolated?: boolean
  readonly process?: Partial<NodeJS.Process>
}

const web = globalThis as unknown as Web

const nodeRuntime = (load: NonNullable<NodeJS.Process['getBuiltinModule']>): Runtime => ({
  kind: 'node',
  processors: load('node:os').availableParallelism(),
  spawn: ({ node }, died) => {
    const { Worker: NodeWorker } = load('node:worker_threads')
    // Standard options only: the flags of the process, say a loader's, are of no use to it.
    const worker = new NodeWorker(node, { eval: true, execArgv: [], name: 'saddlepoint' })
    let told = false
    const tell = (cause: string): void => {
      if (!told) died(cause)
      told = true
    }
    worker.on('error', (cause) => tell(cause instanceof Error ? cause.message : String(cause)))
    worker.on('exit', (code) => tell(`exit with code ${String(code)}`))
    // The process may end while workers wait.
    worker.unref()
    return { post: (message) => worker.postMessage(message), terminate: () => void worker.terminate() }
  },
  breathe: () => new Promise((resolve) => setImmediate(resolve))
})

/** Memory is shared where the page is isolated; a strict policy may forbid workers of a blob, which then die at once. */
const webRuntime = (): Runtime => ({
  kind: 'web',
  processors:
    web.crossOriginIsolated === true && web.Worker !== undefined ? (web.navigator?.hardwareConcurrency ?? 1) : 1,
  spawn: ({ web: code }, died) => {
    const url = web.URL!.createObjectURL(new web.Blob!([code], { type: 'text/javascript' }))
    const worker = new web.Worker!(url)
    worker.onerror = ({ message }) => died(message ?? 'a worker that the page may not start')
    return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() }
  },
  breathe: () => new Promise((resolve) => setTimeout(resolve))
})

const load = web.process?.getBuiltinModule
export const runtime: Runtime = load === undefined ? webRuntime() : nodeRuntime(load)
