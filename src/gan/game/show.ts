import { show as showNet } from '../../nn/show.ts'
import type { Optimizer } from '../../optim/optimizer.ts'
import { isSchedule } from '../../optim/schedule.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore } from '../../tensor/arguments.ts'
import { refuse, showValue } from '../../tensor/problem.ts'
import { showShape } from '../../tensor/shape.ts'
import { isRecord, showPath } from '../../tensor/tree.ts'
import type { Augmentation } from './augmentations/augmentation.ts'
import type { Augmented } from './augmented.ts'
import { isAdaptive } from './augmented.ts'
import { formProblems } from './form.ts'
import { isFrozen } from './frozen.ts'
import type { Labels } from './labels.ts'
import { objectiveOf } from './spec.ts'
import type { Average, Spec } from './spec.ts'

const isNamed = (x: unknown): x is { readonly name: string; readonly options: Readonly<Record<string, unknown>> } =>
  isRecord(x) && typeof x['name'] === 'string' && isRecord(x['options'])

const showOption = (value: unknown): string =>
  isSchedule(value)
    ? showCall(value.schedule, value.options)
    : isNamed(value)
      ? showCall(value.name, value.options)
      : Array.isArray(value) && value.some(isNamed)
        ? `[${value.map(showOption).join(', ')}]`
        : typeof value === 'function'
          ? value.name === ''
            ? 'a function'
            : value.name
          : showValue(value)

const showCall = (name: string, options: Readonly<Record<string, unknown>>): string => {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return entries.length === 0
    ? name
    : `${name}({ ${entries.map(([key, value]) => `${key}: ${showOption(value)}`).join(', ')} })`
}

const showOptimizer = ({ name, options, links }: Optimizer): string =>
  links !== undefined && links.length > 1 ? links.map(showOptimizer).join(' then ') : showCall(name, options)

const showAverage = ({ players, decay, ramp, start, statistics }: Average): string =>
  `${decay === 'uniform' ? 'uniform average' : 'average'} of ${players.join(', ')}` +
  (decay === 'uniform' ? '' : `, decay ${String(decay)}${ramp ? ' at the end of a ramp' : ''}`) +
  `${start === 0 ? '' : ` from cycle ${String(start)} on`}${statistics === 'average' ? ', batch statistics included' : ''}`

const showLabels = ({ classes, shape, fakes, dropout }: Labels): string =>
  [
    classes === undefined ? `conditions ${showShape(shape)}` : `labels 0 .. ${String(classes - 1)}`,
    ...(fakes === 'uniform' || classes === undefined
      ? []
      : [`of fakes ${fakes === 'data' ? 'as in the data' : `by weights ${showValue(fakes)}`}`]),
    ...(dropout === 0 ? [] : [`dropped with probability ${String(dropout)}`])
  ].join(', ')

const showAugmentation = ({ name, options, parts }: Augmentation): string =>
  parts === undefined ? showCall(name, options) : parts.map(showAugmentation).join(' then ')

const showAugmented = ({ augmentation, probability }: Augmented): string =>
  `  sees samples through ${showAugmentation(augmentation)}, probability ${
    isAdaptive(probability) ? showCall(probability.name, probability.options) : showOption(probability)
  }`

/**
 * Shows a spec in words, player by player, with every choice and default in it.
 *
 * @throws InvalidArgument where it is no spec
 */
export const show = (spec: Spec, ...more: None): string => {
  refuseMore('Gan.show', more)
  refuse('Gan.show', formProblems(spec))
  return [
    `prior ${spec.prior.name} ${showShape(spec.prior.shape)}`,
    `update ${showCall(spec.update.name, spec.update.options)}`,
    ...(spec.loss === undefined ? [] : [`loss ${showCall(spec.loss.name, spec.loss.options)}`]),
    ...(spec.average === undefined ? [] : [showAverage(spec.average)]),
    ...(spec.labels === undefined ? [] : [showLabels(spec.labels)]),
    ...Object.entries(spec.networks).flatMap(([player, net]) => {
      const optimizer = spec.optimizers[player]
      const projection = spec.projections[player]
      const augmented = spec.augmentations[player]
      return [
        player,
        ...showNet(net)
          .split('\n')
          .map((line) => `  ${line}`),
        ...objectiveOf(spec, player).map(
          ({ name, weight, every, isMetric, options = {} }) =>
            `  ${isMetric === true ? 'measures' : `minimizes ${typeof weight === 'number' ? String(weight) : 'scheduled'} x`} ${showCall(name, options)}${every === 1 ? '' : ` every ${String(every)} steps`}`
        ),
        ...(augmented === undefined ? [] : [showAugmented(augmented)]),
        ...(optimizer === undefined ? [] : [`  by ${showOptimizer(optimizer)}`]),
        ...(isFrozen(spec, player) ? ['  never moves'] : []),
        ...spec.frozen.flatMap(([name, ...path]) =>
          name === player && path.length > 0 ? [`  never moves ${showPath(path)}`] : []
        ),
        ...(projection === undefined ? [] : [`  then ${showCall(projection.name, projection.options)}`])
      ]
    })
  ].join('\n')
}
