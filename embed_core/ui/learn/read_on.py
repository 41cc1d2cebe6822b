"""The end of the lesson: where to read on."""

import streamlit as st

_PAPERS = (
    ("Entity embeddings of categorical variables", "https://arxiv.org/abs/1604.06737",
     "C. Guo and F. Berkhahn, 2016", "A vector per category, learned inside a network, and fed to other models."),
    ("Efficient estimation of word representations in vector space", "https://arxiv.org/abs/1301.3781",
     "T. Mikolov, K. Chen, G. Corrado and J. Dean, 2013", "Words are close when they keep the same company."),
    ("Regularized target encoding outperforms traditional methods in supervised machine learning with high "
     "cardinality features", "https://doi.org/10.1007/s00180-022-01207-6",
     "F. Pargent, F. Pfisterer, J. Thomas and B. Bischl, 2022",
     "Encoders compared on many tables: regularized target encoding did best."),
    ("Correspondence Analysis in Practice", "", "M. Greenacre, a book",
     "Maps of categories from counts alone, decades before networks learned them."),
    ("Visualizing data using t-SNE", "https://www.jmlr.org/papers/v9/vandermaaten08a.html",
     "L. van der Maaten and G. Hinton, 2008", "Maps that keep neighbours, and give up distances."),
)  # fmt: skip


def read_on() -> None:
    """Name the papers, and the next thing to do."""
    st.header("8. Read on")
    for title, link, authors, sentence in _PAPERS:
        name = f"[{title}]({link})" if link else f"*{title}*"
        st.markdown(f"{name} · {authors}  \n{sentence}")
    st.page_link("pages/data.py", label="Now with a table of your own", icon=":material/table:")
