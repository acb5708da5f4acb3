import type { AnyPrimitive } from '../program/primitive.ts'
import { abs } from './abs.ts'
import { add } from './add.ts'
import { argsort } from './argsort.ts'
import { bitsToUnit } from './bitsToUnit.ts'
import { broadcastInDim } from './broadcastInDim.ts'
import { compare } from './compare.ts'
import { concat } from './concat.ts'
import { conv } from './conv.ts'
import { convFilterGradient } from './convFilterGradient.ts'
import { convInputGradient } from './convInputGradient.ts'
import { convert } from './convert.ts'
import { cos } from './cos.ts'
import { cumulativeSum } from './cumulativeSum.ts'
import { div } from './div.ts'
import { dotGeneral } from './dotGeneral.ts'
import { erf } from './erf.ts'
import { exp } from './exp.ts'
import { expm1 } from './expm1.ts'
import { floor } from './floor.ts'
import { gather } from './gather.ts'
import { iota } from './iota.ts'
import { log } from './log.ts'
import { log1p } from './log1p.ts'
import { logistic } from './logistic.ts'
import { max } from './max.ts'
import { min } from './min.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
import { pad } from './pad.ts'
import { pow } from './pow.ts'
import { reduceMax } from './reduceMax.ts'
import { reduceSum } from './reduceSum.ts'
import { reshape } from './reshape.ts'
import { reverse } from './reverse.ts'
import { scatterAdd } from './scatterAdd.ts'
import { select } from './select.ts'
import { sign } from './sign.ts'
import { sin } from './sin.ts'
import { slice } from './slice.ts'
import { softplus } from './softplus.ts'
import { sqrt } from './sqrt.ts'
import { stopGradient } from './stopGradient.ts'
import { sub } from './sub.ts'
import { tanh } from './tanh.ts'
import { threefry } from './threefry.ts'
import { transpose } from './transpose.ts'

/** The primitives that the vocabulary has a function for: those that traces, rules and passes speak of. */
export const basic = {
  neg,
  exp,
  log,
  log1p,
  expm1,
  sin,
  cos,
  tanh,
  logistic,
  softplus,
  erf,
  sqrt,
  abs,
  sign,
  floor,
  add,
  sub,
  mul,
  div,
  pow,
  max,
  min,
  compare,
  select,
  convert,
  stopGradient,
  reshape,
  transpose,
  broadcastInDim,
  reduceSum,
  reduceMax,
  slice,
  pad,
  concat,
  reverse,
  dotGeneral,
  conv,
  convInputGradient,
  convFilterGradient,
  gather,
  scatterAdd,
  cumulativeSum,
  iota,
  argsort,
  threefry,
  bitsToUnit
} as const satisfies Readonly<Record<string, AnyPrimitive>>
