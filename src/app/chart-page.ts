/** Pages of charts that need nothing beside themselves: the chart library is inside, the numbers too. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** Fills a template's marks for the library, and gives what fills its mark for the content. */
export async function chartPage(template: URL): Promise<(content: object) => string> {
  const library = createRequire(import.meta.url)
  const [page = '', style = '', script = ''] = await Promise.all(
    [template, library.resolve('uplot/dist/uPlot.min.css'), library.resolve('uplot/dist/uPlot.iife.min.js')].map(
      (path) => readFile(path, 'utf8'),
    ),
  )
  const empty = page.replace('/* uplot.css */', () => style).replace('/* uplot.js */', () => script)
  // JSON inside a script element: no `<`, so that no text in it can end the element.
  return (content) => empty.replace('/* content */', () => JSON.stringify(content).replaceAll('<', '\\u003c'))
}
