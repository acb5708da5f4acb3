/** Colours of the page's theme, as canvases need them. */
export interface Colours {
  readonly ground: string
  readonly ink: string
  readonly faint: string
  readonly data: string
  readonly fake: string
  readonly mesh: string
  readonly pull: string
}

export const coloursOf = (element: Element): Colours => {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    ground: colour('ground'),
    ink: colour('ink'),
    faint: colour('faint'),
    data: colour('data'),
    fake: colour('fake'),
    mesh: colour('mesh'),
    pull: colour('pull')
  }
}
