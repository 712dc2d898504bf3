"""A living review of low-dose naltrexone: from study data to a book.

The way of the data is one direction, with no way back::

    data/*.csv + datapackage.json -> data, checks -> doses, dose_response, intervals, evidence
        -> facts, tables, figures -> chapters -> site (book)
"""
