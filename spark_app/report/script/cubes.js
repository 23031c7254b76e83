// Adds up the rows of a cube (report/cube.py) and works out metrics from the sums.

// [sums of parts] by key for the rows of a range that pass the filters; `keyOf(row)` names the key.
function addUp(cube, range, filters, keyOf) {
  const sums = new Map();
  const narrow = Object.entries(filters).filter(([column]) => cube.by[column])
    .map(([column, word]) => [cube.by[column].at, cube.by[column].words.indexOf(word)]);
  for (let row = 0; row < cube.rows; row++) {
    if (cube.days && range && !(cube.days[row] >= range.first && cube.days[row] <= range.last)) continue;
    if (!narrow.every(([at, place]) => at[row] === place)) continue;
    const key = keyOf(row);
    let sum = sums.get(key);
    if (!sum) sums.set(key, sum = new Array(cube.parts.length).fill(0));
    for (let part = 0; part < sum.length; part++) sum[part] += cube.parts[part].values[row] ?? 0;
  }
  return sums;
}

// A metric from sums; null where it is divided by nothing.
function metricOf(cube, name, sums) {
  const work = (tree) => {
    if (typeof tree === "number") return tree;
    if (tree[0] === "part") return sums ? sums[tree[1]] / cube.parts[tree[1]].scale : 0;
    const [left, right] = [work(tree[1]), work(tree[2])];
    if (tree[0] === "nullif") return left === right ? null : left;
    if (left === null || right === null) return null;
    switch (tree[0]) {
      case "+": return left + right;
      case "-": return left - right;
      case "*": return left * right;
      default: return right === 0 ? null : left / right;
    }
  };
  return work(cube.metrics[name]);
}

const total = (cube, name, range, filters) => metricOf(cube, name, addUp(cube, range, filters, () => "").get(""));
const added = (left, right) => left ? left.map((sum, part) => sum + (right ? right[part] : 0)) : right;
