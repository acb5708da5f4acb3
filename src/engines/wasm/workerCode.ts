import { control } from './control.ts'

/**
 * What a worker runs, as text: so there is no file to fetch, whatever bundler made the program. It keeps the executables
 * it was told of and helps with one when it is asked to. Messages: [id, module, memory] an executable to know,
 * [id] one to forget, [id, thread] one to help.
 */
export const workerCode = `
const known = new Map()
const receive = (data) => {
  const [id, what, memory] = data
  if (what === undefined) return void known.delete(id)
  if (memory !== undefined) return void known.set(id, { module: what, memory })
  const one = known.get(id)
  if (one === undefined) return
  const words = new Int32Array(one.memory.buffer)
  const [present, asked] = [${String(control.present / 4)} + what, ${String(control.asked / 4)} + what]
  try {
    one.help ??= new WebAssembly.Instance(one.module, { env: { memory: one.memory } }).exports.help
    Atomics.store(words, asked, 0)
    let seen
    do {
      Atomics.store(words, present, 1)
      seen = one.help(what)
      Atomics.store(words, present, 0)
      // What opened after the last look and before this thread said that it leaves is not to be missed.
    } while (Atomics.load(words, ${String(control.epoch / 4)}) !== seen && Atomics.load(words, ${String(control.leave / 4)}) === 0)
  } catch (cause) {
    Atomics.store(words, present, 0)
    Atomics.store(words, ${String(control.fault / 4)}, 1)
    throw cause
  }
}
`

/** In Node, where the port is a module's, and in browsers, where it is the global object. */
export const nodeWorkerCode = `require('node:worker_threads').parentPort.on('message', (data) => { receive(data) })\n${workerCode}`
export const webWorkerCode = `onmessage = ({ data }) => { receive(data) }\n${workerCode}`
