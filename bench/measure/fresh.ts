import { spawnSync } from 'node:child_process'
import type { Setting } from './group.ts'
import { median } from './measure.ts'
import type { Row } from '../report/row.ts'

/** Processes whose median is shown: each compiles with cold code, as a user's does. */
const processes = 5

/** The first row that a process of its own prints; what it complains of is seen at once. */
const rowOf = (args: readonly string[]): Row => {
  const { stdout } = spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit']
  })
  if (stdout === '') throw new Error(`no row from ${args.join(' ')}`)
  return JSON.parse(stdout.split('\n')[0]!) as Row
}

/** How long a bench takes from its function to the end of its first step, in processes that do nothing else. */
export const measureFresh = (name: string, { options, print }: Setting): void => {
  const { engine, mode, threads, relaxed } = options
  const args = [
    ...[name, '--json', '--samples', '1', '--losses', '1', '--engine', engine, '--threads', String(threads)],
    ...(mode === undefined ? [] : ['--mode', mode]),
    ...(relaxed ? ['--relaxed'] : [])
  ]
  const rows: Row[] = []
  while (rows.length < processes) {
    const row = rowOf(args)
    if (row.compileMs === undefined) {
      print({ ...row, name: `compile ${name}` })
      return
    }
    rows.push(row)
  }
  const { engine: on, adapter, software, checked } = rows[0]!
  print({
    name: `compile ${name}`,
    engine: on,
    threads,
    samples: processes,
    compileMs: median(rows.map(({ compileMs }) => compileMs!)),
    ...(adapter === undefined ? {} : { adapter }),
    ...(software === undefined ? {} : { software }),
    ...(checked === undefined ? {} : { checked })
  })
}
