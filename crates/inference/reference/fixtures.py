"""Makes fixtures.json: what the reference libraries say of the same series.

    pip install numpy scipy statsmodels pingouin arch tigramite
    python3 crates/inference/reference/fixtures.py > crates/inference/reference/fixtures.json
"""

import json
import sys

import numpy as np
import pandas as pd
import pingouin
import scipy
import scipy.stats
import statsmodels
import statsmodels.api as sm
from arch import __version__ as arch_version
from arch.bootstrap import optimal_block_length
from importlib.metadata import version
from statsmodels.tsa.stattools import acf
from tigramite.independence_tests.parcorr import ParCorr


def ar(rng, n, phi):
    out = np.zeros(n)
    for t in range(1, n):
        out[t] = phi * out[t - 1] + rng.normal()
    return out


rng = np.random.default_rng(20261121)
n = 120
z1, z2 = ar(rng, n, 0.6), np.arange(n) / 40.0
x = ar(rng, n, 0.4) + 0.5 * z1
y = 0.4 * x + 0.7 * z1 - 0.3 * z2 + ar(rng, n, 0.5)
coarse = np.clip(np.round(x), -2, 2)
p = np.concatenate([rng.uniform(size=12) ** 3, [0.0004, 0.0004, 0.9]])

hac = sm.OLS(y, sm.add_constant(np.column_stack([x, z1, z2]))).fit(
    cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False}
)
frame = pd.DataFrame({"x": x, "y": y, "z1": z1, "z2": z2})
parcorr = ParCorr().get_dependence_measure(
    np.vstack([x, y, z1, z2]), np.array([0, 1, 2, 2])
)

json.dump(
    {
        "versions": {
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "statsmodels": statsmodels.__version__,
            "pingouin": pingouin.__version__,
            "arch": arch_version,
            "tigramite": version("tigramite"),
        },
        "x": x.tolist(),
        "y": y.tolist(),
        "z1": z1.tolist(),
        "z2": z2.tolist(),
        "coarse": coarse.tolist(),
        "p": p.tolist(),
        "pearson": float(scipy.stats.pearsonr(x, y)[0]),
        "spearman": float(scipy.stats.spearmanr(coarse, y)[0]),
        "kendall": float(scipy.stats.kendalltau(coarse, y)[0]),
        "bh": scipy.stats.false_discovery_control(p, method="bh").tolist(),
        "by": scipy.stats.false_discovery_control(p, method="by").tolist(),
        "acf": acf(x, nlags=10, fft=False).tolist(),
        "hac": {"slope": float(hac.params[1]), "standard_error": float(hac.bse[1])},
        "partial_pingouin": float(
            pingouin.partial_corr(frame, "x", "y", ["z1", "z2"])["r"].iloc[0]
        ),
        "partial_tigramite": float(parcorr),
        "block_length": {
            "x": float(optimal_block_length(x)["stationary"].iloc[0]),
            "y": float(optimal_block_length(y)["stationary"].iloc[0]),
            "z2": float(optimal_block_length(z2)["stationary"].iloc[0]),
        },
    },
    sys.stdout,
    indent=1,
)
print()
