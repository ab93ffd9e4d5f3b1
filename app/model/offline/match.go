package offline

import "github.com/stewardhq/steward/app/skill"

// threshold is the share of a request that a phrase must account for.
const threshold = 0.74

const maxSlot = 16 // tokens that somebody's own words may have

// pattern is a phrase compiled: edges between states 0 to last, each from a lower state to a higher one, so that one pass in
// the order of the states considers every way in which the phrase can be said.
type pattern struct {
	phrase string
	lang   string
	last   int
	edges  []edge  // all of them
	from   [][]int // by state: the edges that leave it
	skill  skill.Skill
}

// edge is a word or a slot of a phrase, or a way around one.
type edge struct {
	to   int
	free bool // no token: goes on without one
	token
}

// compile gives a skill's phrases as patterns.
func compile(s skill.Skill) ([]pattern, error) {
	var all []pattern
	for lang, phrases := range s.Phrases {
		for _, text := range phrases {
			phrase, err := skill.ParsePhrase(text)
			if err != nil {
				return nil, err
			}
			p := pattern{phrase: text, lang: lang, from: make([][]int, 1), skill: s}
			p.last = p.sequence(phrase, 0)
			all = append(all, p)
		}
	}
	return all, nil
}

// sequence adds a phrase that begins at a state, and gives the state that it ends at.
func (p *pattern) sequence(phrase skill.Phrase, at int) int {
	for _, e := range phrase {
		switch {
		case e.Slot != "":
			t := token{slot: e.Slot}
			if param, _ := p.skill.Param(e.Slot); param.Kind == skill.Dates {
				t.sort = date
			}
			at = p.edge(at, edge{token: t})
		case e.Text != "":
			for _, t := range means(basic(e.Text)) {
				if t.sort != fill && t.sort != gap {
					at = p.edge(at, edge{token: t})
				}
			}
		default:
			at = p.either(e.Any, at)
		}
	}
	return at
}

// edge adds an edge to a new state.
func (p *pattern) edge(from int, e edge) int {
	e.to = len(p.from)
	p.from = append(p.from, nil)
	p.from[from] = append(p.from[from], len(p.edges))
	p.edges = append(p.edges, e)
	return e.to
}

// either adds phrases that stand for each other, and joins their ends in a new state.
func (p *pattern) either(phrases []skill.Phrase, at int) int {
	ends := make([]int, len(phrases))
	for i, one := range phrases {
		ends[i] = p.sequence(one, at)
	}
	end := len(p.from)
	p.from = append(p.from, nil)
	for _, e := range ends {
		p.from[e] = append(p.from[e], len(p.edges))
		p.edges = append(p.edges, edge{to: end, free: true})
	}
	return end
}

// worth is what matching a word of a phrase counts; missing it costs the same, grammar apart.
func (t token) worth() float64 {
	switch {
	case t.sort == fill || t.sort == gap:
		return 0
	case t.sort == small || t.sort == soft || t.sort == and || t.sort == pad:
		return 0.25
	case t.sort == ask:
		return 0.6
	case t.sort == meaning || t.sort == date || !t.han:
		return 1
	default:
		return 0.5
	}
}

// missing is the price of a word of the phrase that the request does not have.
func (t token) missing() float64 {
	switch {
	case t.slot != "":
		return 1.5
	case t.sort == ask:
		return 0.7
	case t.sort == small || t.sort == soft || t.sort == pad:
		return 0.3
	default:
		return 1.4 * t.worth()
	}
}

// extra is the price of a word of the request that the phrase does not have.
func (t token) extra() float64 {
	switch t.sort {
	case fill, pad:
		return 0
	case small, soft:
		return 0.12
	case gap:
		return 0.05
	case and:
		return 0.3
	case stop:
		return 3
	case ask:
		return 0.4
	case meaning:
		return 0.7
	default:
		return t.worth()
	}
}

// inside is the price of a word within somebody's own words, which may be anything, but rather not what means something.
func (t token) inside() float64 {
	switch t.sort {
	case date, gap:
		return 0.45
	case meaning, and:
		return 0.25
	case stop:
		return 0.8
	case ask:
		return 0.5
	case small:
		return 0.12
	case plain:
		return 0.02
	default:
		return 0.04
	}
}

// mayEdge reports whether somebody's own words can begin or end with the token.
func (t token) mayEdge() bool {
	return t.sort != fill && t.sort != small && t.sort != gap && t.sort != and && t.sort != ask
}

// match is how a pattern fits a request.
type match struct {
	*pattern
	gain, loss float64
	used       []int // by token of the request: the edge that took it, or -1
}

// share is how much of the request and the phrase is accounted for, 0 to 1.
func (m match) share() float64 {
	if m.gain <= 0 {
		return 0
	}
	return m.gain / (m.gain + m.loss)
}

// cell is the best way to have come to a state of the pattern with the first j tokens of the request behind.
type cell struct {
	gain, loss  float64
	state, j, e int // where it came from, and by which edge; -1 for none
	set         bool
}

// align finds the best alignment by dynamic programming: words match in order, either side may leave some out at their
// price, and a slot for words takes as many as suit it.
func align(p *pattern, request []token) match {
	m := len(request)
	width := m + 1
	grid := make([]cell, len(p.from)*width)
	grid[0].set = true
	put := func(from, fj, to, j, e int, gain, loss float64) {
		f, c := &grid[from*width+fj], &grid[to*width+j]
		gain, loss = f.gain+gain, f.loss+loss
		if !c.set || gain-loss > c.gain-c.loss {
			*c = cell{gain, loss, from, fj, e, true}
		}
	}
	for state := range p.from {
		for j := 0; j <= m; j++ {
			if !grid[state*width+j].set {
				continue
			}
			if j < m {
				put(state, j, state, j+1, -1, 0, request[j].extra())
			}
			for _, n := range p.from[state] {
				e := &p.edges[n]
				if e.free {
					put(state, j, e.to, j, n, 0, 0)
					continue
				}
				put(state, j, e.to, j, -1, 0, e.missing())
				e.take(request, j, func(end int, gain, loss float64) { put(state, j, e.to, end, n, gain, loss) })
			}
		}
	}
	last := grid[p.last*width+m]
	return match{pattern: p, gain: last.gain, loss: last.loss, used: trace(grid, p, m)}
}

// take offers the ways in which an edge can take tokens of the request from j on.
func (e *edge) take(request []token, j int, offer func(end int, gain, loss float64)) {
	switch {
	case j == len(request):
	case e.slot == "":
		if e.text == request[j].text && (e.sort == meaning) == (request[j].sort == meaning) {
			offer(j+1, e.worth(), 0)
		}
	case e.sort == date:
		if request[j].sort == date {
			offer(j+1, 1, 0)
		}
	case request[j].mayEdge():
		loss, plainly := 0.0, false
		for k := j; k < len(request) && k < j+maxSlot; k++ {
			t := request[k]
			loss += t.inside()
			plainly = plainly || t.sort == plain || t.sort == meaning || t.sort == act
			if plainly && t.mayEdge() {
				offer(k+1, 0.3, loss)
			}
		}
	}
}

// trace walks back from the end.
func trace(grid []cell, p *pattern, m int) []int {
	used := unused(m)
	for state, j := p.last, m; state > 0 || j > 0; {
		c := grid[state*(m+1)+j]
		for k := c.j; k < j; k++ {
			used[k] = c.e
		}
		state, j = c.state, c.j
	}
	return used
}

func unused(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = -1
	}
	return all
}
