// What a run has measured for one of the goals that docs/goals.md lists.

/** Prints the figure of a goal; `docs/goals.md` says what is asked and names the file that measures it. */
export const goal = (id, figure) => console.log(`# goal ${id}: ${figure}`);
