// What a screen reader is told of a page, and how its words stand out.

/** Roles that have to be called something. */
const named = new Set([
  ...['application', 'button', 'checkbox', 'combobox', 'complementary', 'group', 'image', 'img', 'link', 'region'],
  ...['searchbox', 'slider', 'spinbutton', 'switch', 'textbox', 'toolbar', 'DisclosureTriangle']
])

/** Lists what has such a role, and no name, as browsers compute it. */
export const namelessIn = async (page) => {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const asked = nodes.filter(({ ignored, role }) => !ignored && named.has(role?.value))
  if (asked.length < 30) throw new Error(`expected a page full of controls, found ${asked.length}`)
  const nameless = asked.filter(({ name }) => !name?.value?.trim())
  return Promise.all(
    nameless.map(async ({ role, backendDOMNodeId }) => {
      const { outerHTML } = await session.send('DOM.getOuterHTML', { backendNodeId: backendDOMNodeId })
      return `${role.value}: ${outerHTML.slice(0, 200)}`
    })
  )
}

/** Lists the words whose contrast with what is behind them is below 4.5, as WCAG 2 defines it. */
export const paleIn = (page) =>
  page.evaluate(() => {
    const read = (colour) => {
      const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number)
      return { rgb: [r, g, b].map((x) => x / 255), alpha: a }
    }
    const over = ({ rgb, alpha }, behind) => rgb.map((x, i) => alpha * x + (1 - alpha) * behind[i])
    const backgroundOf = (element) => {
      const colour = read(getComputedStyle(element ?? document.documentElement).backgroundColor)
      if (colour.alpha === 1) return colour.rgb
      return over(colour, element === null ? [1, 1, 1] : backgroundOf(element.parentElement))
    }
    /** invert(1) hue-rotate(180deg), by the matrices of the filter effects module. */
    const rotated = [
      [-0.574, 1.43, 0.144],
      [0.426, 0.43, 0.144],
      [0.426, 1.43, -0.856]
    ]
    const filtered = (element, rgb) => {
      const filter = element.closest('.editor') === null ? 'none' : getComputedStyle(element.closest('.editor')).filter
      if (filter === 'none') return rgb
      if (filter !== 'invert(1) hue-rotate(180deg)') throw new Error(`unknown filter: ${filter}`)
      const inverted = rgb.map((x) => 1 - x)
      return rotated.map((row) =>
        Math.min(
          1,
          Math.max(
            0,
            row.reduce((total, m, i) => total + m * inverted[i], 0)
          )
        )
      )
    }
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const pale = new Map()
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      const words = node.textContent.trim()
      if (words === '' || !element.checkVisibility() || element.closest('option, script, style') !== null) continue
      const behind = backgroundOf(element)
      const front = over(read(getComputedStyle(element).color), behind)
      const [a, b] = [front, behind].map((rgb) => luminance(filtered(element, rgb))).sort((x, y) => y - x)
      const contrast = (a + 0.05) / (b + 0.05)
      if (contrast < 4.5)
        pale.set(`${element.tagName}.${element.className}: ${contrast.toFixed(2)}`, words.slice(0, 40))
    }
    return [...pale].map(([place, words]) => `${place} '${words}'`)
  })
