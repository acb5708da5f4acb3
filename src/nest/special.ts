/** Functions that Math lacks, in double precision: what the plain interpreter and the reference evaluation share. */

/** 1 / (1 + e^-x), to relative precision in both tails. */
export const logistic = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** log(1 + e^x), to relative precision in the left tail and without overflow in the right one. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** The int32 nearest to x on the side of zero: out of range the last one, 0 for NaN. What i32.trunc_sat_f32_s does. */
export const truncate = (x: number): number => (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0)

/** c[0] + c[1] x + c[2] x^2 ... */
const polynomial = (x: number, c: readonly number[]): number => {
  let y = 0
  for (let i = c.length - 1; i >= 0; i--) y = y * x + c[i]!
  return y
}

// Rational approximations of fdlibm (s_erf.c, Sun Microsystems 1993), each for an interval of |x|.
const below084 = [
  [
    1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
    -2.37630166566501626084e-5
  ],
  [
    1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
    -3.9602282787753681232e-6
  ]
] as const
const below125 = [
  [
    -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
    -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3
  ],
  [
    1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
    1.3637083912029050736e-2, 1.1984499846799107417e-2
  ]
] as const
const below286 = [
  [
    -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
    -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592
  ],
  [
    1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
    4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2
  ]
] as const
const above286 = [
  [
    -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
    -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2
  ],
  [
    1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
    2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1
  ]
] as const
const erfOf1 = 8.45062911510467529297e-1

/** 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x, to the last bit or two. */
export const erf = (x: number): number => {
  const a = Math.abs(x)
  const ratio = (at: number, [p, q]: readonly [readonly number[], readonly number[]]): number =>
    polynomial(at, p) / polynomial(at, q)
  if (a < 0.84375) return x + x * ratio(x * x, below084)
  if (a >= 6) return Math.sign(x)
  if (!(a < 6)) return NaN
  if (a < 1.25) return Math.sign(x) * (erfOf1 + ratio(a - 1, below125))
  // e^-a^2 in two factors, the first of them of a number whose square is exact.
  const z = Math.fround(a)
  const tail = ratio(1 / (a * a), a < 1 / 0.35 ? below286 : above286)
  return Math.sign(x) * (1 - (Math.exp(-z * z - 0.5625) * Math.exp((z - a) * (z + a) + tail)) / a)
}
