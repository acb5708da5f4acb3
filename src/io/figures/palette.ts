/** Colours of lines and points: each has a contrast of at least 3 to white and to a page as dark as #161b22. */
export const palette: readonly string[] = [
  '#3b7dd8',
  '#d95f2b',
  '#2a9d6f',
  '#a05fd6',
  '#b07d12',
  '#d4508f',
  '#1591a8',
  '#7d8590'
]

/** Gives each of some names its colour; beyond the eighth, colours come again. */
export const colourOf = (i: number): string => palette[i % palette.length]!
