import { call, defineFunction, i32, ifThen } from '../encoder/index.ts'
import type { Body, FunctionRef, Local, Module } from '../encoder/index.ts'
import type { Stage } from '../stages/stage.ts'

/** The function that does one task. `scratch` is the address of the calling thread's own memory. */
export type Perform = FunctionRef<Readonly<Record<'stage' | 'task' | 'scratch', 'i32'>>, 'none'>

/** Stages that one function chooses among: V8 takes long to optimize a long function. */
const most = 32

/** Code of the chosen one of `count` leaves that are numbered from `first` on, found by halving. */
const choose = (count: number, choice: Local<'i32'>, first: number, leaf: (n: number) => Body): Body => {
  if (count === 1) return leaf(first)
  const half = Math.floor(count / 2)
  return ifThen(
    i32.ltS(choice, first + half),
    choose(half, choice, first, leaf),
    choose(count - half, choice, first + half, leaf)
  )
}

/**
 * Defines and exports `perform`. A task is a call, and no round of one long loop, since V8 replaces a function by its
 * optimized code only between calls.
 */
export const definePerform = (module: Module, stages: readonly Stage[]): Perform => {
  const params = { stage: 'i32', task: 'i32', scratch: 'i32' } as const
  const groups = Array.from({ length: Math.ceil(stages.length / most) }, (_, group) => {
    const first = group * most
    return defineFunction(module, { params }, (__, { stage, task, scratch }) =>
      choose(Math.min(most, stages.length - first), stage, first, (n) => stages[n]!.run(task, scratch))
    )
  })
  return defineFunction(module, { params, export: 'perform' }, (scope, operands) => {
    const group = scope.local('i32')
    if (groups.length === 0) return []
    return [
      group.set(i32.divU(operands.stage, most)),
      choose(groups.length, group, 0, (n) => call(groups[n]!, operands))
    ]
  })
}
