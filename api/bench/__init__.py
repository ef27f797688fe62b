"""The benchmark: each figure of Hunar beside a plain reference that is measured in the same run.

``python -m api.bench`` prints the table; ``--quick`` does everything small. The market is synthetic (see
``synthetic``), and everything happens in a temporary folder that is removed afterwards.
"""
