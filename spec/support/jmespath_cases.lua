-- The rules of JMESPath by cases: what an expression finds in `given`, as a text
-- of JSON; or what is wrong with the search.

local function fails(message)
  return { fails = message }
end

local FOUND = {
  {
    rule = "fields",
    given = '{"a": {"b": {"c": 1}}, "a b": 2, "\195\164": 3, "n": null, "a\\nb": 4}',
    { "a", '{"b":{"c":1}}' }, { "a.b.c", "1" }, { "(a.b).c", "1" }, { '"a b"', "2" },
    { '"\\u00e4"', "3" }, { '"\195\164"', "3" }, { '"a\\nb"', "4" }, { "n", "null" },
    { "nothing", "null" }, { "a.nothing.c", "null" }, { '"a b".c', "null" }, { "n.c", "null" },
    { " a\t.\r\nb ", '{"c":1}' }, { "@.a.b", '{"c":1}' }, { "@", "@" },
  },
  {
    rule = "indices",
    given = '{"a": [[1, 2], [3]], "s": "text"}',
    { "a[0]", "[1,2]" }, { "a[-1]", "[3]" }, { "a[-2][1]", "2" }, { "a[2]", "null" },
    { "a[-3]", "null" }, { "s[0]", "null" }, { "[0]", "null" }, { "a | [1]", "[3]" },
    { "a[00]", "[1,2]" }, { "a[99999999999999999999]", "null" },
    { "a[-99999999999999999999]", "null" }, { "a[9223372036854775807]", "null" },
  },
  {
    rule = "slices",
    given = '{"a": [0, 1, 2, 3, 4, 5], "o": [{"b": 1}, {"b": 2}, {"c": 3}], "n": [[1, null, 2]]}',
    { "a[1:3]", "[1,2]" }, { "a[:2]", "[0,1]" }, { "a[4:]", "[4,5]" }, { "a[:]", "[0,1,2,3,4,5]" },
    { "a[::2]", "[0,2,4]" }, { "a[1::3]", "[1,4]" }, { "a[-2:]", "[4,5]" },
    { "a[:-4]", "[0,1]" }, { "a[::-1]", "[5,4,3,2,1,0]" }, { "a[4:1:-1]", "[4,3,2]" },
    { "a[-2:-5:-2]", "[4,2]" }, { "a[10:-10:-1]", "[5,4,3,2,1,0]" }, { "a[10:]", "[]" },
    { "a[-10:2]", "[0,1]" }, { "a[3:1]", "[]" }, { "a[1:3:-1]", "[]" }, { "a[2::-1]", "[2,1,0]" },
    { "a[:2:-1]", "[5,4,3]" }, { "a[1:5:9223372036854775807]", "[1]" },
    { "a[4::-9223372036854775808]", "[4]" }, { "a[0:9223372036854775807]", "[0,1,2,3,4,5]" },
    { "a[::99999999999999999999]", "[0]" }, { "a[:-99999999999999999999]", "[]" },
    { "o[:2].b", "[1,2]" }, { "o[1:].b", "[2]" }, { "o[0:2] | [0].b", "1" },
    { "o.a[0:1]", "null" }, { "@[0:1]", "null" }, { "n[0][0:2]", "[1,null]" },
    { "n[0][1:][0]", "null" }, { "n | [0][:2]", "[1,null]" },
    { "a[::0]", fails "slice step cannot be zero" },
  },
  {
    rule = "projections of lists",
    given = '{"a": [{"b": {"c": 1}}, {"b": {"c": 2}}, {"b": 3}, null, 4], "l": [[[1, 2]], [[3]]]}',
    { "a[*].b", '[{"c":1},{"c":2},3]' }, { "a[*].b.c", "[1,2]" }, { "a[*].b | [0].c", "1" },
    { "a[*]", '[{"b":{"c":1}},{"b":{"c":2}},{"b":3},4]' }, { "a[*].x", "[]" },
    { "a[*].b.x.y", "[]" }, { "x[*]", "null" }, { "@[*]", "null" }, { "[*]", "null" },
    { "a[0][*]", "null" }, { "l[*][0]", "[[1,2],[3]]" }, { "l[*][0][0]", "[1,3]" },
    { "l[*][*][0]", "[[1],[3]]" }, { "l | [*][0] | [1]", "[3]" }, { "a[*].[b]", "[[{\"c\":1}],"
      .. '[{"c":2}],[3],[null]]' }, { "a[*] || `1`", '[{"b":{"c":1}},{"b":{"c":2}},{"b":3},4]' },
  },
  {
    rule = "projections of objects",
    given = '{"z": {"b": 1}, "a": {"b": 2}, "m": {"c": 3}, "n": null}',
    { "*", '[{"b":1},{"b":2},{"c":3}]' }, { "*.b", "[1,2]" }, { "*.*", "[[1],[2],[3]]" },
    { "*.* | [0]", "[1]" }, { "z.*", "[1]" }, { "@.*.b", "[1,2]" }, { "n.*", "null" },
    { "z.b.*", "null" }, { "[*]", "null" }, { "*[0]", "[]" }, { "*.[b, c]", "[[1,null],[2,null],"
      .. "[null,3]]" },
  },
  {
    rule = "flattening",
    given = '{"a": [[1, [2]], 3, null, [], [{"b": 4}]], "o": {"a": 1}, "l": [{"i": [{"n": 1}]},'
      .. '{"i": [{"n": 2}, {"m": 3}]}]}',
    { "a[]", '[1,[2],3,{"b":4}]' }, { "a[][]", '[1,2,3,{"b":4}]' }, { "a[].b", "[4]" },
    { "o[]", "null" }, { "[]", "null" }, { "a[0][]", "[1,2]" }, { "l[].i[].n", "[1,2]" },
    { "l[*].i[*].n", "[[1],[2]]" }, { "l[*].i[].n", "[1,2]" }, { "l[*].i | []", '[{"n":1},{"n":2},'
      .. '{"m":3}]' }, { "l[].i[0]", '[{"n":1},{"n":2}]' }, { "a | []", '[1,[2],3,{"b":4}]' },
  },
  {
    rule = "filters",
    given = '{"a": [{"n": 1, "k": "x"}, {"n": 2, "k": "y"}, {"n": 3}], "e": [{"l": [[1]]}]}',
    { "a[?n > `1`].k", '["y"]' }, { "a[?k]", '[{"n":1,"k":"x"},{"n":2,"k":"y"}]' },
    { "a[?!k].n", "[3]" }, { "a[?k == 'x' || n == `3`].n", "[1,3]" },
    { "a[?k == 'x' && n == `3`].n", "[]" }, { "a[?n >= `2`] | [0].n", "2" }, { "a[?n][0]", "[]" },
    { "a[?`false`]", "[]" }, { "a[?x > `1`]", "[]" }, { "k[?n]", "null" }, { "[?n]", "null" },
    { "e[?l].l[]", "[[1]]" }, { "e[?l][].l", "[[[1]]]" }, { "a[?n < `3`][?k]", "[]" },
    { "a[?(n)].n", "[1,2,3]" }, { "a[? n==`1` ]", '[{"n":1,"k":"x"}]' }, { "a[?@].n", "[1,2,3]" },
  },
  {
    rule = "what is true",
    given = '{"z": 0, "f": false, "t": true, "e": "", "l": [], "o": {}, "n": null, "s": " ",'
      .. ' "ln": [null], "oz": {"a": null}, "d": 0.0}',
    { "!z", "false" }, { "!d", "false" }, { "!f", "true" }, { "!t", "false" }, { "!e", "true" },
    { "!l", "true" }, { "!o", "true" }, { "!n", "true" }, { "!s", "false" }, { "!ln", "false" },
    { "!oz", "false" }, { "!x", "true" }, { "!!t", "true" }, { "f || z", "0" },
    { "n || f", "false" },
    { "f || n", "null" }, { "t && z", "0" }, { "l && t", "[]" }, { "t && f", "false" },
    { "n && t || s", '" "' }, { "t || n && f", "true" }, { "(t || n) && f", "false" },
    { "!f && t", "true" }, { "!z == f", "true" }, { "t | !@", "false" },
  },
  {
    rule = "comparisons",
    given = '{"a": 1, "f": 1.0, "s": "b", "t": true, "l": [1, {"x": 1, "y": [2]}], "n": null,'
      .. ' "m": [1.0, {"y": [2], "x": 1}], "u": "\239\191\189", "v": "\240\159\152\128"}',
    { "a == f", "true" }, { "a != f", "false" }, { "a == t", "false" }, { "a == '1'", "false" },
    { "l == m", "true" }, { "l != m", "false" }, { "l == `[1]`", "false" },
    { "l[0:1] == l", "false" }, { "l[1] == `{\"x\": 1}`", "false" }, { "{x: a} == l[1]", "false" },
    { "`{\"x\": 1, \"z\": null}` == `{\"x\": 1, \"y\": null}`", "false" }, { "n == x", "true" },
    { "n == f", "false" }, { "`[]` == `{}`", "false" }, { "`\"\"` == n", "false" },
    { "a < `2`", "true" }, { "a <= f", "true" }, { "a > f", "false" }, { "a >= f", "true" },
    { "s > 'a'", "true" }, { "s < 'B'", "false" }, { "'' < s", "true" }, { "u < v", "true" },
    { "'a' <= 'a'", "true" }, { "'ab' >= 'b'", "false" }, { "a < t", "null" }, { "n < a", "null" },
    { "l > l", "null" }, { "t >= t", "null" }, { "s > x", "null" }, { "a == a == t", "true" },
    { "a < `2` == t", "true" }, { "`NaN` == `NaN`", "false" },
    { "a < s", fails "'<' not supported between instances of 'int' and 'str'" },
    { "s >= f", fails "'>=' not supported between instances of 'str' and 'float'" },
  },
  {
    rule = "what is made of several expressions",
    given = '{"a": 1, "b": [1, 2], "n": null, "o": {"z": 1}}',
    { "[a, b[0], x]", "[1,1,null]" }, { "[a]", "[1]" }, { "n.[a]", "null" }, { "n.{x: a}", "null" },
    { "{z: a, a: b, \"m n\": o.z}", '{"z":1,"a":[1,2],"m n":1}' }, { "{a: a, b: b, a: n}",
      '{"a":null,"b":[1,2]}' }, { "o.[z, z]", "[1,1]" }, { "o.{y: z}", '{"y":1}' },
    { "{x: {y: [a]}}", '{"x":{"y":[1]}}' }, { "b[*].{n: @}", '[{"n":1},{"n":2}]' },
    { "[a, b] | [1][0]", "1" }, { "{x: a}.x", "1" }, { "[[a], [[n]]]", "[[1],[[null]]]" },
    { "{x: a || n, y: a && n}", '{"x":1,"y":null}' }, { "[a, b][]", "[1,1,2]" },
    { "{a: a b: b}", '{"a":1,"b":[1,2]}' },
  },
  {
    rule = "literals",
    given = '{"a": "`", "b": "it\'s"}',
    { "`1`", "1" }, { "`1.0`", "1.0" }, { "`-0`", "0" }, { "`1e3`", "1000.0" },
    { "`null`", "null" },
    { "`true`", "true" }, { "`false`", "false" }, { "`\"a\\\\u00e4\"`", '"a\\\\u00e4"' },
    { "`\"\\u00e4\\\"\"`", '"\195\164\\""' },
    { '` [1, {"b": 2, "a": []}] `', '[1,{"b":2,"a":[]}]' },
    { "`a\\`b`", '"a`b"' }, { "`\"\\`\"` == a", "true" }, { "`word`", '"word"' }, { "``", '""' },
    { "` two  words `", '"two  words "' }, { "`1 2`", '"1 2"' }, { "`[1`", '"[1"' },
    { "`nullx`", '"nullx"' }, { "`foo\\nbar`", '"foo\\nbar"' }, { "`1`.a", "null" },
    { "'raw'", '"raw"' }, { "''", '""' }, { "'a\\nb'", '"a\\\\nb"' }, { "'it\\'s' == b", "true" },
    { "'\\\\'", '"\\\\\\\\"' }, { "'`'", '"`"' }, { "'a\nb'", '"a\\nb"' }, { "`[1, 2]`[1]", "2" },
    { "`Infinity`", "Infinity" },
  },
  {
    rule = "pipes",
    given = '{"a": [{"b": [1, 2]}, {"b": [3]}]}',
    { "a[*].b | [0]", "[1,2]" }, { "a | [*].b[0] | [1]", "3" }, { "a[*].b[0]", "[1,3]" },
    { "x | a", "null" }, { "a[*].b[] | length(@)", "3" }, { "(a[*].b) | [1]", "[3]" },
    { "x || a | [0].b", "[1,2]" }, { "(a[*].b)[0]", "[1,2]" },
  },
}

local FUNCTIONS = {
  {
    rule = "functions of numbers",
    given = '{"i": [3, 1, 2], "m": [1, 2.5], "e": [], "s": ["a"], "b": 9007199254740992}',
    { "abs(`-2`)", "2" }, { "abs(`-2.0`)", "2.0" }, { "abs(`2.5`)", "2.5" }, { "abs(`0`)", "0" },
    { "avg(i)", "2.0" }, { "avg(m)", "1.75" }, { "avg(e)", "null" }, { "ceil(`1.2`)", "2" },
    { "ceil(`-1.2`)", "-1" }, { "ceil(`-0.5`)", "0" }, { "ceil(`3`)", "3" }, { "ceil(b)",
      "9007199254740992" }, { "floor(`1.8`)", "1" }, { "floor(`-1.2`)", "-2" },
    { "floor(`2.0`)", "2" }, { "floor(`1e21`)", "1000000000000000000000" }, { "sum(i)", "6" },
    { "sum(m)", "3.5" }, { "sum(e)", "0" }, { "sum(`[1, 2.0]`)", "3.0" }, { "max(i)", "3" },
    { "max(m)", "2.5" }, { "max(`[1, 1.0]`)", "1" }, { "min(`[2, 1.0, 1]`)", "1.0" },
    { "min(i)", "1" }, { "max(e)", "null" }, { "min(e)", "null" }, { "sort(i)", "[1,2,3]" },
    { "sort(`[2, 1, 2.0, -1.5]`)", "[-1.5,1,2,2.0]" }, { "sort(e)", "[]" }, { "i", "[3,1,2]" },
    { "floor(`Infinity`)", fails "cannot convert float infinity to integer" },
    { "ceil(`NaN`)", fails "cannot convert float NaN to integer" },
    { "length(sort(`[2, NaN, 1, NaN, 0, 3, NaN, 7, 5]`))", "9" },
  },
  {
    rule = "to_number",
    given = '{"l": [], "o": {}, "n": null, "t": true}',
    { "to_number('12')", "12" }, { "to_number('-007')", "-7" }, { "to_number('+5')", "5" },
    { "to_number('1.0')", "1.0" }, { "to_number('1e3')", "1000.0" }, { "to_number('.5')", "0.5" },
    { "to_number('5.')", "5.0" }, { "to_number(' 5\t')", "5" }, { "to_number('1_000')", "1000" },
    { "to_number('1__0')", "null" }, { "to_number('_1')", "null" }, { "to_number('1_')", "null" },
    { "to_number('0x10')", "null" }, { "to_number('')", "null" }, { "to_number('.')", "null" },
    { "to_number('1e')", "null" }, { "to_number('1 2')", "null" }, { "to_number('--1')", "null" },
    { "to_number('- 1')", "null" }, { "to_number('-inf')", "-Infinity" },
    { "to_number('nan')", "NaN" }, { "to_number(`1.0`)", "1.0" }, { "to_number(`3`)", "3" },
    { "to_number(l)", "null" }, { "to_number(o)", "null" }, { "to_number(n)", "null" },
    { "to_number(t)", "null" }, { "to_number('-0.0')", "-0.0" }, { "to_number('-0')", "0" },
  },
  {
    rule = "functions of strings",
    given = '{"s": "h\195\164\226\130\172\240\159\152\128", "l": ["b", "\195\164", "B", "a"],'
      .. ' "e": []}',
    { "length(s)", "4" }, { "length('')", "0" }, { "reverse(s)", '"\240\159\152\128\226\130\172'
      .. '\195\164h"' }, { "reverse('')", '""' }, { "sort(l)", '["B","a","b","\195\164"]' },
    { "max(l)", '"\195\164"' }, { "min(l)", '"B"' }, { "join(', ', l)", '"b, \195\164, B, a"' },
    { "join('', e)", '""' }, { "starts_with(s, 'h')", "true" },
    { "starts_with('ab', 'b')", "false" },
    { "starts_with(s, '')", "true" }, { "starts_with('a', 'ab')", "false" },
    { "ends_with('ab', 'b')", "true" }, { "ends_with('ab', 'a')", "false" },
    { "ends_with('ab', '')", "true" }, { "ends_with('b', 'ab')", "false" },
    { "contains('a.b', '.')", "true" }, { "contains('ab', '.')", "false" },
    { "contains('ab', '')", "true" }, { "contains('ab', 'abc')", "false" },
    { "sort(`[\"\240\159\152\128\", \"\239\191\189\"]`)", '["\239\191\189","\240\159\152\128"]' },
  },
  {
    rule = "functions of lists and objects",
    given = '{"o": {"z": 1, "a": [2]}, "l": [1, "a", null, [3], {"k": 1.0}], "e": {}}',
    { "keys(o)", '["z","a"]' }, { "keys(e)", "[]" }, { "values(o)", "[1,[2]]" },
    { "length(o)", "2" },
    { "length(l)", "5" }, { "reverse(l)", '[{"k":1.0},[3],null,"a",1]' }, { "reverse(`[]`)", "[]" },
    { "contains(l, 'a')", "true" }, { "contains(l, 'b')", "false" },
    { "contains(l, `null`)", "true" },
    { "contains(l, `{\"k\": 1}`)", "true" }, { "contains(l, `[3.0]`)", "true" },
    { "contains(l, `3`)", "false" }, { "merge(o)", '{"z":1,"a":[2]}' },
    { "merge(o, {b: l[0], z: `2`}, e)", '{"z":2,"a":[2],"b":1}' }, { "o", '{"z":1,"a":[2]}' },
    { "merge(e, {a: `null`})", '{"a":null}' }, { "map(&k, l)", "[null,null,null,null,1.0]" },
    { "map(&[@], `[1]`)", "[[1]]" }, { "not_null(x, l[2], l[1], o)", '"a"' },
    { "not_null(x)", "null" }, { "not_null(`false`, o)", "false" }, { "to_array(l[3])", "[3]" },
    { "to_array('a')", '["a"]' }, { "to_array(o.x)", "[null]" }, { "length(keys(@))", "3" },
    { "o.keys(@)", '["z","a"]' }, { "l[*].type(@)", '["number","string","null","array","object"]' },
    { "l[].type(@)", '["number","string","null","number","object"]' }, { "not_null(x l[0])", "1" },
    { "not_null(x, o,)", '{"z":1,"a":[2]}' },
  },
  {
    rule = "functions by an expression",
    given = '{"p": [{"n": "b", "a": 2}, {"n": "a", "a": 2.0}, {"n": "c", "a": 1}], "e": [],'
      .. ' "x": [{"k": 1}, {"k": "a"}], "y": [{"k": null}]}',
    { "sort_by(p, &n)[].n", '["a","b","c"]' }, { "sort_by(p, &a)[*].n", '["c","b","a"]' },
    { "sort_by(p, &length(n))[*].n", '["b","a","c"]' }, { "sort_by(e, &n)", "[]" },
    { "sort_by(p, &(a == `1` && '0' || n))[0].n", '"c"' }, { "max_by(p, &a).n", '"b"' },
    { "max_by(p, &n).n", '"c"' }, { "min_by(p, &a).n", '"c"' }, { "min_by(p, &n).n", '"a"' },
    { "max_by(e, &n)", "null" }, { "min_by(e, &n)", "null" }, { "p[].sort_by([@], &n)[].a",
      "[2,2.0,1]" }, { "map(&to_string(a), p)", '["2","2.0","1"]' }, { "map(&a, e)", "[]" },
    { "sort_by(p, &n || 'z')[0].n", '"a"' },
    { "max_by(x, &k)", fails "'>' not supported between instances of 'str' and 'int'" },
    { "min_by(x, &k)", fails "'<' not supported between instances of 'str' and 'int'" },
    { "sort_by(x, &k)", fails("In function sort_by(), invalid type for value: a, expected one of: "
      .. "['number'], received: \"string\"") },
    { "sort_by(y, &k)", fails("In function sort_by(), invalid type for value: {'k': None}, "
      .. "expected one of: ['string', 'number'], received: \"null\"") },
    { "min_by(y, &k)", fails("In function min_by(), invalid type for value: None, expected one of: "
      .. "['number', 'string'], received: \"null\"") },
  },
  {
    rule = "to_string and type",
    given = '{"o": {"b": [1, 2.50, null, true, "\195\164\\n\\"\240\159\152\128\\u007f"], "a": {}}}',
    { "to_string('a')", '"a"' }, { "to_string(`1`)", '"1"' }, { "to_string(`1.0`)", '"1.0"' },
    { "to_string(`null`)", '"null"' }, { "to_string(`false`)", '"false"' },
    { "to_string('\195\164')", '"\195\164"' },
    { "to_string(o)", [["{\"b\":[1,2.5,null,true,\"\\u00e4\\n\\\"\\ud83d\\ude00\\u007f\"],]]
      .. [[\"a\":{}}"]] },
    { "type(o)", '"object"' }, { "type(o.b)", '"array"' }, { "type(`1`)", '"number"' },
    { "type(`1.0`)", '"number"' }, { "type('')", '"string"' }, { "type(`true`)", '"boolean"' },
    { "type(x)", '"null"' },
  },
  {
    rule = "wrong calls",
    given = '{"s": "a", "l": [1, "a"], "o": {"k": "it\'s", "q": "\\"\'", "n": [1.5, true]}}',
    { "nothing()", fails "Unknown function: nothing()" },
    { "abs()", fails "Expected 1 argument for function abs(), received 0" },
    { "join(s)", fails "Expected 2 arguments for function join(), received 1" },
    { "abs(s, s)", fails "Expected 1 argument for function abs(), received 2" },
    { "not_null()", fails "Expected at least 1 argument for function not_null(), received 0" },
    { "merge()", fails "Expected at least 1 argument for function merge(), received 0" },
    { "abs(s)", fails("In function abs(), invalid type for value: a, expected one of: ['number'], "
      .. 'received: "string"') },
    { "abs(o)", fails("In function abs(), invalid type for value: {'k': \"it's\", 'q': '\"\\'', "
      .. "'n': [1.5, True]}, expected one of: ['number'], received: \"object\"") },
    { "sum(l)", fails("In function sum(), invalid type for value: a, expected one of: "
      .. "['array-number'], received: \"str\"") },
    { "max(l)", fails("In function max(), invalid type for value: a, expected one of: "
      .. "['array-number', 'array-string'], received: \"str\"") },
    { "sort(`[\"a\", 1.0]`)", fails("In function sort(), invalid type for value: 1.0, expected one "
      .. "of: ['array-string', 'array-number'], received: \"float\"") },
    { "max(`[{}]`)", fails("In function max(), invalid type for value: {}, expected one of: "
      .. "['array-number', 'array-string'], received: \"dict\"") },
    { "join('', `[[]]`)", fails("In function join(), invalid type for value: [], expected one of: "
      .. "['array-string'], received: \"list\"") },
    { "sum(`[false]`)", fails("In function sum(), invalid type for value: False, expected one of: "
      .. "['array-number'], received: \"bool\"") },
    { "join('', `[null]`)", fails("In function join(), invalid type for value: None, expected one "
      .. "of: ['array-string'], received: \"NoneType\"") },
    { "sort_by(l, s)", fails("In function sort_by(), invalid type for value: a, expected one of: "
      .. "['expref'], received: \"string\"") },
    { "length(`5`)", fails("In function length(), invalid type for value: 5, expected one of: "
      .. "['string', 'array', 'object'], received: \"number\"") },
    { "contains(x, s)", fails("In function contains(), invalid type for value: None, expected one "
      .. "of: ['array', 'string'], received: \"null\"") },
    { "nothing(abs(s))", fails("In function abs(), invalid type for value: a, expected one of: "
      .. "['number'], received: \"string\"") },
  },
}

-- Each with what is wrong with it.
local REFUSED = {
  { "", "Invalid JMESPath expression: cannot be empty." },
  { "a[", 'Invalid jmespath expression: Incomplete expression:\n"a["\n   ^' },
  { " ", 'Invalid jmespath expression: Incomplete expression:\n" "\n  ^' },
  { "abs(", 'Invalid jmespath expression: Incomplete expression:\n"abs("\n     ^' },
  { "{a: b", 'Invalid jmespath expression: Incomplete expression:\n"{a: b"\n      ^' },
  { '"\195\164" == ', 'Invalid jmespath expression: Incomplete expression:\n""\195\164" == "\n'
    .. "        ^" },
  { "a.", "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof:"
    .. ' Parse error at column 2, token "" (EOF), for expression:\n"a."\n   ^' },
  { "a.'b'", "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: "
    .. 'literal: Parse error at column 2, token "b" (LITERAL), for expression:\n"a.\'b\'"\n   ^' },
  { "a b", 'Unexpected token: b: Parse error at column 2, token "b" (UNQUOTED_IDENTIFIER), for '
    .. 'expression:\n"a b"\n   ^' },
  { "a)", 'Unexpected token: ): Parse error at column 1, token ")" (RPAREN), for expression:\n"a)"'
    .. "\n  ^" },
  { "a`[1, \"x\"]`", "Unexpected token: [1, 'x']: Parse error at column 1, token \"[1, 'x']\" "
    .. '(LITERAL), for expression:\n"a`[1, "x"]`"\n  ^' },
  { "a 007", 'Unexpected token: 7: Parse error at column 2, token "7" (NUMBER), for expression:\n'
    .. '"a 007"\n   ^' },
  { "a 99999999999999999999", "Unexpected token: 99999999999999999999: Parse error at column 2, "
    .. 'token "99999999999999999999" (NUMBER), for expression:\n"a 99999999999999999999"\n   ^' },
  { "a == 1", 'invalid token: Parse error at column 5, token "1" (NUMBER), for expression:\n'
    .. '"a == 1"\n      ^' },
  { "a * b", 'invalid token: Parse error at column 2, token "*" (STAR), for expression:\n"a * b"\n'
    .. "   ^" },
  { "a[b]", 'Expecting: star, got: unquoted_identifier: Parse error at column 2, token "b" '
    .. '(UNQUOTED_IDENTIFIER), for expression:\n"a[b]"\n   ^' },
  { "[a", 'Invalid jmespath expression: Incomplete expression:\n"[a"\n   ^' },
  { "[a}", 'Expecting: comma, got: rbrace: Parse error at column 2, token "}" (RBRACE), for '
    .. 'expression:\n"[a}"\n   ^' },
  { "[0 1]", 'Expecting: rbracket, got: number: Parse error at column 3, token "1" (NUMBER), for '
    .. 'expression:\n"[0 1]"\n    ^' },
  { "{a}", 'Expecting: colon, got: rbrace: Parse error at column 2, token "}" (RBRACE), for '
    .. 'expression:\n"{a}"\n   ^' },
  { "{a: b,}", "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: rbrace: Parse error "
    .. 'at column 6, token "}" (RBRACE), for expression:\n"{a: b,}"\n       ^' },
  { "a[1:2:3:4]", 'syntax error: Parse error at column 7, token ":" (COLON), for expression:\n'
    .. '"a[1:2:3:4]"\n        ^' },
  { "a[1:b]", 'syntax error: Parse error at column 4, token "b" (UNQUOTED_IDENTIFIER), for '
    .. 'expression:\n"a[1:b]"\n     ^' },
  { "a[*]b", 'Unexpected token: b: Parse error at column 4, token "b" (UNQUOTED_IDENTIFIER), for '
    .. 'expression:\n"a[*]b"\n     ^' },
  { "a[*](b)", 'syntax error: Parse error at column 4, token "(" (LPAREN), for expression:\n'
    .. '"a[*](b)"\n     ^' },
  { '"a"(b)', "Quoted identifier not allowed for function names.: Parse error at column 0, token "
    .. '"(" (LPAREN), for expression:\n""a"(b)"\n ^' },
  { "a[0](b)", "Invalid function name ']': Parse error at column 3, token \"]\" (RBRACKET), for "
    .. 'expression:\n"a[0](b)"\n    ^' },
  { "a = b", "Bad jmespath expression: Unknown token '=':\na = b\n  ^" },
  { "a-b", "Bad jmespath expression: Unknown token '-':\na-b\n ^" },
  { "a.$", "Bad jmespath expression: Unknown token $:\na.$\n  ^" },
  { "a\195\164\195\182",
    "Bad jmespath expression: Unknown token \195\164:\na\195\164\195\182\n ^" },
  { "'a", "Bad jmespath expression: Unclosed ' delimiter:\n'a\n^" },
  { "a.'b\\'", "Bad jmespath expression: Unclosed ' delimiter:\na.'b\\'\n  ^" },
  { '"a', 'Bad jmespath expression: Unclosed " delimiter:\n"a\n^' },
  { "`a", "Bad jmespath expression: Unclosed ` delimiter:\n`a\n^" },
  { "`\"`", "Bad jmespath expression: Bad token \":\n`\"`\n^" },
  { '"\\x"', 'Bad jmespath expression: Invalid \\escape:\n"\\x"\n^' },
  { '"\\u12"', 'Bad jmespath expression: Invalid \\uXXXX escape:\n"\\u12"\n^' },
  { '"a\nb"', 'Bad jmespath expression: Invalid control character at:\n"a\nb"\n^' },
}

return { found = FOUND, functions = FUNCTIONS, refused = REFUSED }
