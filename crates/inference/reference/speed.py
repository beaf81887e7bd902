"""The same 480 lagged tests in Python, as far as each library goes: `cargo xtask bench discovery` runs this where they are installed.

15 inputs, 4 outcomes, 8 lags, 365 days. None of them does the rest of the method.
"""

import time

import numpy as np

rng = np.random.default_rng(1)
N, INPUTS, OUTCOMES, LAGS = 365, 15, 4, 8
x = rng.normal(size=(N, INPUTS))
y = rng.normal(size=(N, OUTCOMES))


def told(name, work, repeat=3):
    best = min(timed(work) for _ in range(repeat))
    print(f"  {name:42s} {best * 1e3:9.1f} ms")


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def matrix():
    lagged = np.hstack([np.roll(x, lag, axis=0) for lag in range(LAGS)])[LAGS:]
    a = (lagged - lagged.mean(0)) / lagged.std(0)
    b = (y[LAGS:] - y[LAGS:].mean(0)) / y[LAGS:].std(0)
    return a.T @ b / len(b)


told("NumPy, matrix product, no p", matrix)

try:
    import pandas as pd
    from scipy.stats import pearsonr

    frame = pd.DataFrame(np.hstack([x, y]))

    def pandas_scipy():
        for i in range(INPUTS):
            for o in range(OUTCOMES):
                for lag in range(LAGS):
                    pair = pd.concat([frame[i].shift(lag), frame[INPUTS + o]], axis=1).dropna()
                    pearsonr(pair.iloc[:, 0], pair.iloc[:, 1])

    told("pandas and SciPy, Pearson", pandas_scipy)
except ImportError:
    print("  pandas and SciPy: not installed")

try:
    import statsmodels.api as sm

    def hac():
        for i in range(INPUTS):
            for o in range(OUTCOMES):
                for lag in range(LAGS):
                    design = sm.add_constant(x[: N - lag, i])
                    sm.OLS(y[lag:, o], design).fit(cov_type="HAC", cov_kwds={"maxlags": 7})

    told("statsmodels, OLS with HAC", hac)
except ImportError:
    print("  statsmodels: not installed")

try:
    import tigramite.data_processing as pp
    from tigramite.independence_tests.parcorr import ParCorr
    from tigramite.pcmci import PCMCI

    def pcmci():
        PCMCI(pp.DataFrame(np.hstack([x, y])), ParCorr(), verbosity=0).run_pcmci(tau_max=LAGS - 1, pc_alpha=0.05)

    told("tigramite, PCMCI", pcmci, repeat=1)
except ImportError:
    print("  tigramite: not installed")
