import { defineFunction, forRange, i32, ifThen, leave } from '../encoder/index.ts'
import type { Body, Module } from '../encoder/index.ts'
import { defineHelp } from './help.ts'
import { openRegion } from './openRegion.ts'
import type { Perform } from './perform.ts'
import { control, outcome } from './protocol.ts'
import { record, recordOf, taskBytes } from './regionTable.ts'
import type { ThreadMemory } from './takeTasks.ts'
import { defineTakeTasks, performAt } from './takeTasks.ts'

/**
 * Defines and exports `step(from, to)`, by which thread 0 runs the regions from number `from` to before `to` in their order, and, where
 * there are other threads, `help`. The result of `step` is an `outcome`.
 */
export const defineStep = (module: Module, perform: Perform, memory: ThreadMemory): void => {
  const { table, scratch } = memory
  const takeTasks = table.threads > 1 ? defineTakeTasks(module, perform, memory) : undefined
  const signature = { params: { from: 'i32', to: 'i32' }, result: 'i32', export: 'step' } as const
  defineFunction(module, signature, (scope, { from, to }) => {
    const [run, region, entry, task, end] = scope.locals('i32', 5)
    const alone: Body = [
      task.set(i32.load(entry, record.tasks)),
      end.set(i32.add(task, i32.mul(i32.load(entry, record.count), taskBytes))),
      forRange(task, task, end, taskBytes, performAt(perform, task, i32.const(scratch)))
    ]
    const runRegion: Body = [
      region.set(table.order === undefined ? run : i32.load(i32.mul(run, 4), table.order)),
      entry.set(recordOf(table, region)),
      takeTasks === undefined
        ? alone
        : ifThen(i32.load(entry, record.parallel), openRegion(scope, table, takeTasks, { region, entry }), alone)
    ]
    const { exits } = table
    if (exits === undefined) return [forRange(run, from, to, 1, runRegion), leave(i32.const(outcome.done))]
    return [
      ifThen(i32.eqz(from), i32.store(control.skipped, 0)),
      forRange(run, from, to, 1, [
        ifThen(i32.geS(run, i32.load(control.skipped)), [
          runRegion,
          ifThen(i32.load(control.over), [
            i32.store(control.over, 0),
            i32.store(control.skipped, i32.load(i32.mul(run, 4), exits))
          ])
        ])
      ]),
      leave(i32.const(outcome.done))
    ]
  })
  if (takeTasks !== undefined) defineHelp(module, takeTasks)
}
