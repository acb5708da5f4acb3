import { control, outcome } from '../../../kernels/wasm/module/protocol.ts'

const word = (address: number): string => String(address / 4)

/**
 * The code of a worker, as text, so that there is no file to fetch, whatever bundler made the program. A worker keeps the
 * instances that it was told of. It understands five messages:
 *   [id, module, memory]     know an instance;
 *   [id]                     forget it;
 *   [id, thread]             help it as that thread until there is nothing to do;
 *   [id, from, to, ticket]   run its regions from number `from` to before `to` as thread 0, and answer [ticket, outcome];
 *   []                       answer [0]: from then on it does nothing.
 * When it has started it says [].
 *
 * It helps once more where a region opened between its last look and its leaving, since nobody asks who seems present.
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
  if (message.length === 0) post([0])
  else if (message.length === 1) known.delete(id)
  else if (message.length === 2) help(id, second)
  else if (message.length === 3) known.set(id, { module: second, memory: third })
  else post([ticket, step(id, second, third)])
}
`

/** The same code for Node, where messages come through a port of a module, and for browsers, where they come to the global object. */
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
