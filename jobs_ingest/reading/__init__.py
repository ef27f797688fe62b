"""Reading pay, dates and contracts from adverts.

Pure functions (``pay.read_pay``, ``dates.read_date``, ``deadlines.read_deadline``, ``contract.read_contract``) that
keep the words they read beside the result, and say why when something stays unknown.
"""
