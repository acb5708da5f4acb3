import { call, defineFunction, i32, ifThen } from '../encoder/index.ts'
import type { Body, FunctionRef, Local, Module } from '../encoder/index.ts'
import type { Stage } from '../stages/stage.ts'

/** `perform(stage, task, scratch)` does one task. It is a function called once a task, since a loop that runs is never optimized. */
export type Perform = FunctionRef<readonly ['i32', 'i32', 'i32'], 'none'>

/** Stages that one function tells apart: the optimizer is slow on long functions. */
const most = 32

const choose = (count: number, choice: Local<'i32'>, first: number, leaf: (n: number) => Body): Body => {
  if (count === 1) return leaf(first)
  const half = Math.floor(count / 2)
  return ifThen(
    i32.ltS(choice, first + half),
    choose(half, choice, first, leaf),
    choose(count - half, choice, first + half, leaf)
  )
}

export const definePerform = (module: Module, stages: readonly Stage[]): Perform => {
  const groups = Array.from({ length: Math.ceil(stages.length / most) }, (_, group) => {
    const first = group * most
    return defineFunction(module, { params: ['i32', 'i32', 'i32'] }, (__, stage, task, scratch) =>
      choose(Math.min(most, stages.length - first), stage, first, (n) => stages[n]!.run(task, scratch))
    )
  })
  return defineFunction(module, { params: ['i32', 'i32', 'i32'], export: 'perform' }, (scope, stage, task, scratch) => {
    const group = scope.local('i32')
    if (groups.length === 0) return []
    return [
      group.set(i32.divU(stage, most)),
      choose(groups.length, group, 0, (n) => call(groups[n]!, stage, task, scratch))
    ]
  })
}
