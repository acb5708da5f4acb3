import { isSchedule } from '../../optim/schedule.ts'
import { isRecord } from '../../tensor/tree.ts'
import { does } from '../game/form.ts'
import { isLoss } from '../game/loss.ts'
import type { WeightedTerm } from '../game/objective.ts'
import type { Maker } from './makers.ts'
import {
  adaptations,
  augmentations,
  callBy,
  initializers,
  layers,
  losses,
  optimizers,
  priors,
  projections,
  schedules,
  terms,
  updates
} from './makers.ts'

/** Holds the name of a built-in, and all that it was made from. */
export interface Call {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Says how values of a kind are told from others, what one of them was made by, and what makes each of them again. */
export interface Kind {
  /** How messages call one. */
  readonly title: string
  readonly is: (x: unknown) => boolean
  readonly callOf: (x: never) => Call
  readonly makers: Readonly<Record<string, Maker>>
}

const named = ({ name, options = {} }: Partial<Call> & Pick<Call, 'name'>): Call => ({ name, options })

const isInitializer = (x: unknown): boolean => typeof x === 'function' && 'initializer' in x && 'options' in x

/** Returns the one term of what a maker of terms gives. */
const only = ({ source, argumentsOf }: Maker): Maker =>
  Object.assign((options: Call['options']) => (callBy(source, argumentsOf(options)) as readonly WeightedTerm[])[0], {
    source,
    argumentsOf
  })

/** All kinds of values that a spec is made of. A value is the first of them that it may be. */
export const kinds = {
  layer: { title: 'a layer', is: (x) => does(x, 'fit', 'init', 'apply'), callOf: named, makers: layers },
  optimizer: { title: 'an optimizer', is: (x) => does(x, 'init', 'update'), callOf: named, makers: optimizers },
  loss: { title: 'a loss', is: isLoss, callOf: named, makers: losses },
  update: { title: 'an update rule', is: (x) => does(x, 'phases'), callOf: named, makers: updates },
  term: {
    title: 'a term',
    is: (x) => does(x, 'term') && isRecord(x) && 'weight' in x && 'every' in x,
    callOf: named,
    makers: Object.fromEntries(Object.entries(terms).map(([name, maker]) => [name, only(maker)]))
  },
  prior: { title: 'a prior', is: (x) => does(x, 'sample'), callOf: named, makers: priors },
  augment: {
    title: 'an augmentation',
    is: (x) => isRecord(x) && does(x, 'apply') && 'parts' in x,
    callOf: named,
    makers: augmentations
  },
  adaptation: { title: 'a probability that adapts', is: (x) => does(x, 'control'), callOf: named, makers: adaptations },
  projection: { title: 'a projection', is: (x) => isRecord(x) && does(x, 'apply'), callOf: named, makers: projections },
  schedule: {
    title: 'a schedule',
    is: isSchedule,
    callOf: ({ schedule, options }: { readonly schedule: string; readonly options: Call['options'] }) =>
      named({ name: schedule, options }),
    makers: schedules
  },
  initializer: {
    title: 'an initializer',
    is: isInitializer,
    callOf: ({ initializer, options }: { readonly initializer: string; readonly options: Call['options'] }) =>
      named({ name: initializer, options }),
    makers: initializers
  }
} satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof kinds

export const kindNames = Object.keys(kinds) as readonly KindName[]

/** Names the kind of a value; undefined where it is of none. */
export const kindOf = (x: unknown): KindName | undefined => kindNames.find((name) => kinds[name].is(x))

/** Returns what makes a value of that name; undefined where nothing does, whatever records have without being told. */
export const makerOf = (kind: KindName, name: string): Maker | undefined => {
  const makers: Readonly<Record<string, Maker>> = kinds[kind].makers
  return Object.hasOwn(makers, name) ? makers[name] : undefined
}

/** Lists what in JSON is no plain record: the kinds, and the words for what JSON has no numbers for. */
export const reserved: readonly string[] = [...kindNames, 'number', 'tensor', 'record']

/** Lists, by kind, the option that holds the parts of a whole: in paths its name is left out, as the parts stand alone in it. */
const wholes: Readonly<Partial<Record<KindName, string>>> = {
  layer: 'layers',
  optimizer: 'optimizers',
  update: 'rules',
  loss: 'terms',
  augment: 'parts'
}
export const isWithoutName = (kind: KindName, option: string): boolean => wholes[kind] === option

/** Parts may lie in one another so deep. */
export const mostDepth = 64
