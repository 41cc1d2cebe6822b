# The dashboard, for others: docker build -t category-atlas . && docker run -p 8501:8501 -v atlas:/atlas category-atlas
# Put a proxy with TLS in front: docs/deploying.md.
FROM python:3.13-slim

RUN useradd --create-home --uid 1000 atlas && install --directory --owner atlas /atlas
WORKDIR /app

# First what changes seldom, so that a change of the code downloads nothing.
COPY requirements ./requirements
COPY constraints.txt ./
RUN pip install --no-cache-dir -c constraints.txt \
    -r requirements/core.txt -r requirements/train-cpu.txt -r requirements/app.txt

COPY app.py ./
COPY .streamlit ./.streamlit
COPY pages ./pages
COPY embed_core ./embed_core

USER atlas
# Every visitor has a workspace of their own; runs are kept in the volume, compiled programs in the container.
ENV CATEGORY_ATLAS_SHARED=1 CATEGORY_ATLAS_HOME=/atlas PYTHONDONTWRITEBYTECODE=1
VOLUME /atlas
EXPOSE 8501
HEALTHCHECK --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8501/_stcore/health', timeout=5)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true"]
