import type { PrimitiveName } from '../../primitives/registry.ts'
import type { Rule } from './rule.ts'
import { compare, convert, expm1, log1p, same, select } from './elements.ts'
import { broadcastInDim, concat, identity, iota, pad, reshape, reverse, slice, transpose } from './movement.ts'
import { conv, convFilterGradient, convInputGradient, dotGeneral } from './products.ts'
import { gather, scatterAdd } from './rows.ts'
import { argsort, cumulativeSum, reduceMax, reduceSum } from './sums.ts'

const randomBits = { refused: 'ONNX has no random bits that are a function of a key: give what is drawn as an input' }
const noDecompositions = {
  refused: 'ONNX has no decompositions of matrices: compute it before, and give it as an input'
}

/** How each primitive is written in ONNX, or why it is not. */
export const rules = {
  neg: same('Neg'),
  exp: same('Exp'),
  log: same('Log'),
  log1p,
  expm1,
  sin: same('Sin'),
  cos: same('Cos'),
  tanh: same('Tanh'),
  logistic: same('Sigmoid'),
  softplus: same('Softplus'),
  erf: same('Erf'),
  sqrt: same('Sqrt'),
  abs: same('Abs'),
  sign: same('Sign'),
  floor: same('Floor'),
  add: same('Add'),
  sub: same('Sub'),
  mul: same('Mul'),
  div: same('Div'),
  pow: same('Pow'),
  max: same('Max'),
  min: same('Min'),
  compare,
  select,
  convert,
  stopGradient: identity,
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
  threefry: randomBits,
  bitsToUnit: randomBits,
  cholesky: noDecompositions,
  triangularSolve: noDecompositions,
  eigh: noDecompositions,
  qr: noDecompositions,
  svd: noDecompositions,
  singularValues: noDecompositions
} as const satisfies Readonly<Record<PrimitiveName, Rule>>
