import { execFileSync } from 'node:child_process'
import type { Setting } from './group.ts'
import type { Row } from './row.ts'

/** Processes whose median is shown: each compiles with cold code, as a user's does. */
const processes = 5

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!

/** How long a bench takes from its function to the end of its first step, in processes that do nothing else. */
export const measureFresh = (name: string, { options, print }: Setting): void => {
  const { engine, mode, threads, relaxed } = options
  const args = [
    ...[name, '--json', '--samples', '1', '--losses', '1', '--engine', engine, '--threads', String(threads)],
    ...(mode === undefined ? [] : ['--mode', mode]),
    ...(relaxed ? ['--relaxed'] : [])
  ]
  const rows = Array.from({ length: processes }, () => {
    const [line] = execFileSync(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
      encoding: 'utf8'
    }).split('\n')
    return JSON.parse(line!) as Row
  })
  const { checked, ...first } = rows[0]!
  print({
    name: `compile ${name}`,
    engine: first.engine,
    threads,
    samples: processes,
    compileMs: median(rows.map(({ compileMs }) => compileMs!)),
    ...(checked === undefined ? {} : { checked })
  })
}
