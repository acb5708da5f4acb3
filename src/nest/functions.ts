import { erf, logistic, softplus } from './special.ts'

/**
 * The functions that a scalar expression can apply, as plain functions of doubles. They are what each name means: the
 * plain interpreter calls them, folding of constants calls them, and every emitter is tested against them.
 */
export const unaryFunctions = {
  neg: (x: number): number => -x,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  logistic,
  softplus,
  erf,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor
} as const satisfies Readonly<Record<string, (x: number) => number>>

export const binaryFunctions = {
  add: (x: number, y: number): number => x + y,
  sub: (x: number, y: number): number => x - y,
  mul: (x: number, y: number): number => x * y,
  div: (x: number, y: number): number => x / y,
  pow: Math.pow,
  max: Math.max,
  min: Math.min
} as const satisfies Readonly<Record<string, (x: number, y: number) => number>>

/** On int32, to be truncated with `| 0`: what leaves the range wraps around. */
export const integerFunctions = {
  ...binaryFunctions,
  mul: Math.imul,
  div: (x: number, y: number): number => Math.trunc(x / y),
  floorDivide: (x: number, y: number): number => Math.floor(x / y),
  modulo: (x: number, y: number): number => x - y * Math.floor(x / y),
  and: (x: number, y: number): number => x & y,
  or: (x: number, y: number): number => x | y,
  xor: (x: number, y: number): number => x ^ y,
  shiftLeft: (x: number, y: number): number => x << y,
  shiftRight: (x: number, y: number): number => x >>> y,
  rotateLeft: (x: number, y: number): number => (x << y) | (x >>> (32 - y))
} as const satisfies Readonly<Record<string, (x: number, y: number) => number>>

export const compareFunctions = {
  eq: (x: number, y: number): boolean => x === y,
  ne: (x: number, y: number): boolean => x !== y,
  lt: (x: number, y: number): boolean => x < y,
  le: (x: number, y: number): boolean => x <= y,
  gt: (x: number, y: number): boolean => x > y,
  ge: (x: number, y: number): boolean => x >= y
} as const satisfies Readonly<Record<string, (x: number, y: number) => boolean>>

export type UnaryName = keyof typeof unaryFunctions
export type BinaryName = keyof typeof binaryFunctions
/**
 * On int32 alone: floorDivide and modulo round to minus infinity; shift counts are taken modulo 32, and shiftRight fills
 * with zeros.
 */
export type IntegerName = Exclude<keyof typeof integerFunctions, BinaryName>
export type CompareName = keyof typeof compareFunctions
