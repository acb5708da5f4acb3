import { show as drawNet } from '../../nn/show.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import { isSchedule } from '../../optim/schedule.ts'
import { showShape } from '../../tensor/shape.ts'
import { objectiveOf } from './spec.ts'
import type { Spec } from './spec.ts'

const drawValue = (value: unknown): string =>
  isSchedule(value)
    ? drawCall(value.schedule, value.options)
    : typeof value === 'function'
      ? value.name === ''
        ? 'a function'
        : value.name
      : JSON.stringify(value)

const drawCall = (name: string, options: Readonly<Record<string, unknown>>): string => {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return entries.length === 0
    ? name
    : `${name}({ ${entries.map(([key, value]) => `${key}: ${drawValue(value)}`).join(', ')} })`
}

const drawOptimizer = ({ name, options, links }: Optimizer): string =>
  links !== undefined && links.length > 1 ? links.map(drawOptimizer).join(' then ') : drawCall(name, options)

/** A spec in words, every choice in it, players in turn: nothing about a GAN is hidden. */
export const show = (spec: Spec): string =>
  [
    `prior ${spec.prior.name} ${showShape(spec.prior.shape)}`,
    `update ${drawCall(spec.update.name, spec.update.options)}`,
    ...(spec.loss === undefined ? [] : [`loss ${drawCall(spec.loss.name, spec.loss.options)}`]),
    ...(spec.average === undefined
      ? []
      : [`average of ${spec.average.players.join(', ')}, decay ${String(spec.average.decay)}`]),
    ...(spec.labels === undefined ? [] : [`labels 0 .. ${String(spec.labels.classes - 1)}`]),
    ...Object.entries(spec.networks).flatMap(([player, net]) => {
      const optimizer = spec.optimizers[player]
      const projection = spec.projections[player]
      return [
        player,
        ...drawNet(net)
          .split('\n')
          .map((line) => `  ${line}`),
        ...objectiveOf(spec, player).map(
          ({ name, weight, every, options = {} }) =>
            `  minimizes ${typeof weight === 'number' ? String(weight) : 'scheduled'} x ${drawCall(name, options)}${every === 1 ? '' : ` every ${String(every)} steps`}`
        ),
        ...(optimizer === undefined ? [] : [`  by ${drawOptimizer(optimizer)}`]),
        ...(projection === undefined ? [] : [`  then ${drawCall(projection.name, projection.options)}`])
      ]
    })
  ].join('\n')
