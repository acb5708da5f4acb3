import { control, outcome } from '../../../kernels/wasm/module/protocol.ts'

const word = (address: number): string => String(address / 4)

/**
 * What a worker runs, as text: so there is no file to fetch, whatever bundler made the program. It keeps the executables
 * it was told of. Messages are [id, module, memory], an executable to know; [id], one to forget; [id, thread], one to help
 * as that thread until there is nothing to do; [id, from, to, ticket], regions to run as the first thread, which is
 * answered with [ticket, outcome]. [] says that it is there.
 */
const body = `
const known = new Map()
const exportsOf = (id) => {
  const one = known.get(id)
  if (one === undefined) return undefined
  one.exports ??= new WebAssembly.Instance(one.module, { env: { memory: one.memory } }).exports
  return one
}
const help = (id, thread) => {
  const memory = known.get(id)?.memory
  if (memory === undefined) return
  const words = new Int32Array(memory.buffer)
  const [present, asked] = [${word(control.present)} + thread, ${word(control.asked)} + thread]
  try {
    const { exports } = exportsOf(id)
    Atomics.store(words, asked, 0)
    let seen
    do {
      Atomics.store(words, present, 1)
      seen = exports.help(thread)
      Atomics.store(words, present, 0)
      // What opened after the last look and before this thread said that it leaves is not to be missed.
    } while (Atomics.load(words, ${word(control.epoch)}) !== seen && Atomics.load(words, ${word(control.leave)}) === 0)
  } catch (cause) {
    Atomics.store(words, present, 0)
    Atomics.store(words, ${word(control.fault)}, 1)
    throw cause
  }
}
const step = (id, from, to) => {
  try {
    return exportsOf(id).exports.step(from, to)
  } catch {
    return ${String(outcome.trapped)}
  }
}
const receive = (post, message) => {
  const [id, second, third, ticket] = message
  if (message.length === 1) known.delete(id)
  else if (message.length === 2) help(id, second)
  else if (message.length === 3) known.set(id, { module: second, memory: third })
  else post([ticket, step(id, second, third)])
}
`

/** In Node, where the port is a module's, and in browsers, where it is the global object. */
export const workerCode = {
  node: `${body}
const { parentPort } = require('node:worker_threads')
const post = (message) => { parentPort.postMessage(message) }
parentPort.on('message', (message) => { receive(post, message) })
post([])`,
  web: `${body}
onmessage = ({ data }) => { receive(postMessage, data) }
postMessage([])`
}
