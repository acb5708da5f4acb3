/** A worker as a process of its own, as on another machine: the folder, the address, and where modules lie. Without a folder it tells whether it gets through. */
import * as E from '#fp-ts/Either'
import { loadQueues, openServer } from '../../../src/run/sweep/queue.ts'
import { work } from '../../../src/run/sweep/worker.ts'

const [folder = '', address = '', modules = '', program = ''] = process.argv.slice(2)
if (folder === '') {
  const queues = await loadQueues()
  const opened = E.isRight(queues) ? await openServer(queues.right, address)() : queues
  process.stdout.write(opened._tag)
  process.exit()
}
const result = await work(folder, address, { modules, runners: 1, program, silence: 1000 })()
process.stdout.write(JSON.stringify(result))
