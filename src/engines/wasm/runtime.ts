/** A worker, whatever the runtime calls its parts. */
export interface Worker {
  readonly post: (message: unknown) => void
  readonly terminate: () => void
  /** Whether the process has to live on until this is taken back. */
  readonly hold: (needed: boolean) => void
}

/** What becomes of a worker. `died` is called once, when it ends or never came to be. */
export interface Listener {
  readonly heard: (message: readonly number[]) => void
  readonly died: (cause: string) => void
}

/** What a runtime gives to threads. */
export interface Runtime {
  readonly kind: 'node' | 'web'
  /** Whether workers could see the same memory. */
  readonly canShare: boolean
  /** Threads that run at once. */
  readonly processors: number
  readonly spawn: (code: { readonly node: string; readonly web: string }, listener: Listener) => Worker
  /** After what waits in the event loop had its turn. */
  readonly nextTurn: () => Promise<void>
}

/** The parts of the web that are used; its types would bring `document` and all of its kin. */
interface Web {
  readonly Worker?: new (url: string) => {
    postMessage: (message: unknown) => void
    terminate: () => void
    onerror: ((event: { readonly message?: string }) => void) | null
    onmessage: ((event: { readonly data: readonly number[] }) => void) | null
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
  canShare: true,
  processors: load('node:os').availableParallelism(),
  spawn: ({ node }, { heard, died }) => {
    const { Worker: NodeWorker } = load('node:worker_threads')
    // Standard options only: the flags of the process, say a loader's, are of no use to it.
    const worker = new NodeWorker(node, { eval: true, execArgv: [], name: 'saddlepoint' })
    let told = false
    const tell = (cause: string): void => {
      if (!told) died(cause)
      told = true
    }
    worker.on('message', heard)
    worker.on('error', (cause) => tell(cause instanceof Error ? cause.message : String(cause)))
    worker.on('exit', (code) => tell(`exit with code ${String(code)}`))
    // The process may end while workers wait.
    worker.unref()
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => void worker.terminate(),
      hold: (needed) => {
        if (needed) worker.ref()
        else worker.unref()
      }
    }
  },
  nextTurn: () => new Promise((resolve) => setImmediate(resolve))
})

/** A strict policy may forbid workers of a blob, which then die at once. */
const webRuntime = (): Runtime => ({
  kind: 'web',
  canShare: web.crossOriginIsolated === true && web.Worker !== undefined,
  processors: web.navigator?.hardwareConcurrency ?? 1,
  spawn: ({ web: code }, { heard, died }) => {
    const worker = new web.Worker!(web.URL!.createObjectURL(new web.Blob!([code], { type: 'text/javascript' })))
    worker.onmessage = ({ data }) => heard(data)
    worker.onerror = ({ message }) => died(message ?? 'a worker that the page may not start')
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => worker.terminate(),
      hold: () => undefined
    }
  },
  nextTurn: () => new Promise((resolve) => setTimeout(resolve))
})

const load = web.process?.getBuiltinModule
export const runtime: Runtime = load === undefined ? webRuntime() : nodeRuntime(load)
