// Compiles one side of a bar of scan.ts, and says in how many ms of processor time: node cold.js BAR SIDE ENGINE THREADS
import { scans } from '../cases/scan.ts'
import { readOptions } from './options.ts'
import { platformOf } from './platform.ts'

const [name = '', side = '0', engine = 'wasm', threads = '1'] = process.argv.slice(2)
const { ratio } = scans.bars?.find((bar) => bar.name === name) ?? {}
const options = readOptions(['--engine', engine, '--threads', threads])
if (ratio === undefined || typeof ratio === 'function' || options === undefined)
  throw new Error(`nothing compiles for ${name}`)
const { engine: on } = await platformOf(options)
const before = process.cpuUsage()
const made = await ratio[side === '0' ? 0 : 1](on)
const { user, system } = process.cpuUsage(before)
made.dispose()
process.stdout.write(String((user + system) / 1000))
process.exit()
