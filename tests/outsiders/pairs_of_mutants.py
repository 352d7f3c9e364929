import importlib
import inspect
import itertools
import pkgutil
import random
import sys
import time

import memcert.short_term.mutants as M
from memcert.engine.causes.form import Dissected
from memcert.engine.rule import Level
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.short_term import CONTRACT
from memcert.short_term.mutants.mutant import backend_of
from memcert_reference import InMemoryMemory


class Un:
    def starts(self,r): pass
    def ends(self,r,v): pass
    def found(self,c,f): pass
MUT=CONTRACT.mutants()
TEXT={m.text:n for n,m in MUT.items()}
CLS={}
for m in pkgutil.iter_modules(M.__path__):
    mod=importlib.import_module("memcert.short_term.mutants."+m.name)
    for n,c in vars(mod).items():
        if inspect.isclass(c) and issubclass(c,InMemoryMemory) and c.__module__==mod.__name__ and c.__doc__:
            t=inspect.cleandoc(c.__doc__).partition("\n")[0]
            if t in TEXT: CLS[TEXT[t]]=c
def run(cls):
    with Runner(CONTRACT,backend_of("pair",cls)) as r:
        return certify(r, Plan(effort=Effort.QUICK), SavedFailures(None,"x",CONTRACT), Un())
g,o=CONTRACT.grammar,CONTRACT.observations
def like(a,b):
    return a.cause.form.find(Dissected(b.cause.counterexample.program,g,o)) is not None or b.cause.form.find(Dissected(a.cause.counterexample.program,g,o)) is not None
def show(c): return (c.cause.rule, c.cause.counterexample.program.to_json()["steps"])
core={r.id for r in CONTRACT.rules if r.level is Level.CORE}
rng=random.Random(int(sys.argv[1])); n=int(sys.argv[2]); k=int(sys.argv[3])
names=[x for x in CLS if CLS[x].__mro__[1] is InMemoryMemory and all(r in core for r in MUT[x].kills)]
rng.shuffle(names)
chosen=[];rules=set()
for x in names:
    if not set(MUT[x].kills)&rules:
        chosen.append(x); rules|=set(MUT[x].kills)
    if len(chosen)==n: break
t=time.time()
single={x:run(CLS[x]).causes for x in chosen}
for x in chosen: print("single",x,MUT[x].kills,[show(c) for c in single[x]])
good=[x for x in chosen if single[x]]
multi=[x for x in good if len(single[x])>1]
print("multi",multi, "unfound",set(chosen)-set(good), "s",time.time()-t)
pairs=list(itertools.combinations(good,2)); rng.shuffle(pairs)
both=inv=0
for a,b in pairs[:k]:
    try: C=type("Both",(CLS[a],CLS[b]),{"__doc__":"both"})
    except TypeError as e: print("no",a,b,e); continue
    found=run(C).causes
    na=any(like(c,s) for c in found for s in single[a]); nb=any(like(c,s) for c in found for s in single[b])
    # one entry each: distinct
    da=[c for c in found if any(like(c,s) for s in single[a])]; db=[c for c in found if any(like(c,s) for s in single[b])]
    distinct=len({id(c) for c in da+db})>=2 or not(na and nb)
    extra=[c for c in found if c not in da and c not in db]
    ok=na and nb and distinct
    both+=ok; inv+=bool(extra)
    if not ok or extra: print("PAIR",a,b,"ok" if ok else ("missing A" if not na else "missing B" if not nb else "one entry"),"extra",[show(c) for c in extra],"found",[show(c) for c in found])
print("both",both,"of",min(k,len(pairs)),"with extras",inv,"s",time.time()-t)
