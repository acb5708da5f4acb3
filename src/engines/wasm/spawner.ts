import { load } from './runtime.ts'

/** A worker, with one interface for Node and browsers. */
export interface Worker {
  readonly post: (message: unknown) => void
  readonly terminate: () => void
  /** Keeps the process alive until it is called with false. Browsers need no such call. */
  readonly hold: (needed: boolean) => void
}

/** What hears of a worker. `died` is called once, when the worker ends or where it could not start. */
export interface Listener {
  readonly heard: (message: readonly number[]) => void
  readonly died: (cause: string) => void
}

/** Starts workers. */
interface Spawner {
  /** Starts a worker that runs the code. */
  readonly spawn: (code: { readonly node: string; readonly web: string }, listener: Listener) => Worker
}

/** The parts of browsers that are used here. TypeScript's own types of them would declare `document` and the like, too. */
interface Web {
  readonly Worker: new (url: string) => {
    postMessage: (message: unknown) => void
    terminate: () => void
    onerror: ((event: { readonly message?: string }) => void) | null
    onmessage: ((event: { readonly data: readonly number[] }) => void) | null
  }
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => object
  readonly URL: { readonly createObjectURL: (blob: object) => string }
}

const web = globalThis as unknown as Web

const nodeSpawner = (builtin: NonNullable<typeof load>): Spawner => ({
  spawn: ({ node }, { heard, died }) => {
    const { Worker: NodeWorker } = builtin('node:worker_threads')
    // Without the flags of the process: a loader of modules, say, is of no use to it.
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
  }
})

/** A page's policy may forbid workers that are made of a blob: they end as soon as they are started. */
const webSpawner: Spawner = {
  spawn: ({ web: code }, { heard, died }) => {
    const worker = new web.Worker(web.URL.createObjectURL(new web.Blob([code], { type: 'text/javascript' })))
    worker.onmessage = ({ data }) => heard(data)
    worker.onerror = ({ message }) => died(message ?? 'a worker that the page may not start')
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => worker.terminate(),
      hold: () => undefined
    }
  }
}

export const spawner: Spawner = load === undefined ? webSpawner : nodeSpawner(load)
